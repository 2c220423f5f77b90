"""When a job runs again: schedules, kept in a directory of their own, and the daemon."""
