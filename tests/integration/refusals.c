/* An LD_PRELOAD library that makes calls to the system fail, for files below one folder only.
 *
 * refuse_after() chooses: the nth call of that kind fails, and so do all after it that belong to
 * `more`.  Every call below the folder is noted as "<kind> <path> <result>" in the log, a failed
 * one as "<kind> <path> !". */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[4096];
static char kind[32];
static int nth, problem, lasting, halves;
static int seen, failed;
static int log_fd = -1;

/* `lasting`: the calls after the nth fail too.  `halved`: the first write that is refused takes
 * half of its bytes before. */
void refuse_after(const char *below, const char *what, int n, int error, int all, int halved,
                  int log)
{
    snprintf(folder, sizeof folder, "%s", below);
    snprintf(kind, sizeof kind, "%s", what);
    nth = n; problem = error; lasting = all; halves = halved; log_fd = log;
    seen = failed = 0;
}

int calls_refused(void) { return failed; }

/* The absolute path of a name given relative to a directory, or of an open file (name NULL). */
static const char *absolute(int fd, const char *name, char *path, size_t size)
{
    char link[64];
    size_t length = 0;
    if (name && name[0] == '/') {
        snprintf(path, size, "%s", name);
        return path;
    }
    if (name && fd == AT_FDCWD) {
        if (!getcwd(path, size)) return NULL;
        length = strlen(path);
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        long got = syscall(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
        if (got < 0) return NULL;
        path[length = got] = 0;
    }
    if (name) snprintf(path + length, size - length, "/%s", name);
    return path;
}

/* Whether this call is to fail; errno is set then. */
static int refused(const char *what, int fd, const char *name)
{
    char path[8192], line[8300];
    int before = errno;
    if (!folder[0] || !absolute(fd, name, path, sizeof path)) goto allowed;
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) || (path[length] && path[length] != '/')) goto allowed;
    int no = 0;
    if (!strcmp(what, kind)) no = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    int fails = no && (lasting ? no >= nth : no == nth);
    if (fails) __atomic_add_fetch(&failed, 1, __ATOMIC_SEQ_CST);
    if (log_fd >= 0) {
        int size = snprintf(line, sizeof line, "%s %s%s\n", what,
                            path[length] ? path + length + 1 : ".", fails ? " !" : "");
        syscall(SYS_write, log_fd, line, size);
    }
    if (fails) {
        errno = problem;
        return 1;
    }
allowed:
    errno = before;
    return 0;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list more; va_start(more, flags); int mode = va_arg(more, int); va_end(more); \
        REAL(int, name, const char *, int, ...); \
        return refused("open", AT_FDCWD, path) ? -1 : real(path, flags, mode); \
    }
#define OPENAT(name) \
    int name(int fd, const char *path, int flags, ...) \
    { \
        va_list more; va_start(more, flags); int mode = va_arg(more, int); va_end(more); \
        REAL(int, name, int, const char *, int, ...); \
        return refused("open", fd, path) ? -1 : real(fd, path, flags, mode); \
    }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

DIR *opendir(const char *path)
{
    REAL(DIR *, opendir, const char *);
    return refused("open", AT_FDCWD, path) ? NULL : real(path);
}

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(ssize_t, write, int, const void *, size_t);
    if (!refused("write", fd, NULL)) return real(fd, data, size);
    if (failed == 1 && halves && size > 1) return real(fd, data, size / 2);
    return -1;
}

#define PWRITE(name, offset) \
    ssize_t name(int fd, const void *data, size_t size, offset at) \
    { \
        REAL(ssize_t, name, int, const void *, size_t, offset); \
        if (!refused("pwrite", fd, NULL)) return real(fd, data, size, at); \
        if (failed == 1 && halves && size > 1) return real(fd, data, size / 2, at); \
        return -1; \
    }
PWRITE(pwrite, off_t) PWRITE(pwrite64, off64_t)

#define PREAD(name, offset) \
    ssize_t name(int fd, void *data, size_t size, offset at) \
    { \
        REAL(ssize_t, name, int, void *, size_t, offset); \
        return refused("pread", fd, NULL) ? -1 : real(fd, data, size, at); \
    }
PREAD(pread, off_t) PREAD(pread64, off64_t)

#define SYNC(name) \
    int name(int fd) \
    { \
        REAL(int, name, int); \
        return refused("fsync", fd, NULL) ? -1 : real(fd); \
    }
SYNC(fsync) SYNC(fdatasync)

int close(int fd) /* it is closed even when that fails, as on Linux */
{
    REAL(int, close, int);
    int fails = refused("close", fd, NULL), done = real(fd);
    if (fails) errno = problem;
    return fails ? -1 : done;
}

int rename(const char *from, const char *to)
{
    REAL(int, rename, const char *, const char *);
    return refused("rename", AT_FDCWD, to) ? -1 : real(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    REAL(int, renameat, int, const char *, int, const char *);
    return refused("rename", to_fd, to) ? -1 : real(from_fd, from, to_fd, to);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, mkdir, const char *, mode_t);
    return refused("mkdir", AT_FDCWD, path) ? -1 : real(path, mode);
}

int mkdirat(int fd, const char *path, mode_t mode)
{
    REAL(int, mkdirat, int, const char *, mode_t);
    return refused("mkdir", fd, path) ? -1 : real(fd, path, mode);
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *);
    return refused("unlink", AT_FDCWD, path) ? -1 : real(path);
}

int unlinkat(int fd, const char *path, int flags)
{
    REAL(int, unlinkat, int, const char *, int);
    return refused("unlink", fd, path) ? -1 : real(fd, path, flags);
}

#define FTRUNCATE(name, offset) \
    int name(int fd, offset size) \
    { \
        REAL(int, name, int, offset); \
        return refused("ftruncate", fd, NULL) ? -1 : real(fd, size); \
    }
FTRUNCATE(ftruncate, off_t) FTRUNCATE(ftruncate64, off64_t)

#define TRUNCATE(name, offset) \
    int name(const char *path, offset size) \
    { \
        REAL(int, name, const char *, offset); \
        return refused("ftruncate", AT_FDCWD, path) ? -1 : real(path, size); \
    }
TRUNCATE(truncate, off_t) TRUNCATE(truncate64, off64_t)

#define MMAP(name, offset) \
    void *name(void *at, size_t size, int access, int flags, int fd, offset from) \
    { \
        REAL(void *, name, void *, size_t, int, int, int, offset); \
        return fd >= 0 && refused("mmap", fd, NULL) ? MAP_FAILED \
                                                    : real(at, size, access, flags, fd, from); \
    }
MMAP(mmap, off_t) MMAP(mmap64, off64_t)

#define STAT(name, type) \
    int name(const char *path, type *status) \
    { \
        REAL(int, name, const char *, type *); \
        return refused("stat", AT_FDCWD, path) ? -1 : real(path, status); \
    }
STAT(stat, struct stat) STAT(stat64, struct stat64) STAT(lstat, struct stat)
STAT(lstat64, struct stat64)

#define FSTAT(name, type) \
    int name(int fd, type *status) \
    { \
        REAL(int, name, int, type *); \
        return refused("stat", fd, NULL) ? -1 : real(fd, status); \
    }
FSTAT(fstat, struct stat) FSTAT(fstat64, struct stat64)
