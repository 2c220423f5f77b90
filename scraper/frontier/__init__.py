"""What to fetch next: durable, synchronous, never sleeps, never fetches."""
