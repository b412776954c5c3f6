/*
 * A disk that fails: put in front of a program with LD_PRELOAD, it counts what the program writes to files whose path
 * holds $FAILING_DISK_MATCH, and lets it fail as the file $FAILING_DISK_CONTROL says. That file is shared memory: whoever
 * runs the program reads the count there, and mends the disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct control {
  uint64_t writes;
  uint64_t failures;
  /* The first write that fails, counted from 1, and the first one after it that does not. */
  uint64_t fail_from;
  uint64_t fail_until;
  /* What errno says, 0 for a disk that works. */
  uint64_t error;
};

static struct control *control;
static const char *match;

__attribute__((constructor)) static void attach(void) {
  const char *path = getenv("FAILING_DISK_CONTROL");
  match = getenv("FAILING_DISK_MATCH");
  if (path == NULL || match == NULL) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *shared = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (shared != MAP_FAILED) control = shared;
}

static int must_fail(int fd) {
  char link[64], path[4096];
  if (control == NULL) return 0;
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof(path) - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  if (strstr(path, match) == NULL) return 0;
  uint64_t write = __atomic_add_fetch(&control->writes, 1, __ATOMIC_SEQ_CST);
  uint64_t error = __atomic_load_n(&control->error, __ATOMIC_SEQ_CST);
  if (error == 0 || write < control->fail_from || write >= control->fail_until) return 0;
  __atomic_add_fetch(&control->failures, 1, __ATOMIC_SEQ_CST);
  errno = (int)error;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t length) {
  return must_fail(fd) ? -1 : REAL(write)(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  return must_fail(fd) ? -1 : REAL(pwrite)(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  return must_fail(fd) ? -1 : REAL(pwrite64)(fd, bytes, length, at);
}

int ftruncate(int fd, off_t length) { return must_fail(fd) ? -1 : REAL(ftruncate)(fd, length); }

int ftruncate64(int fd, off64_t length) { return must_fail(fd) ? -1 : REAL(ftruncate64)(fd, length); }

int fallocate(int fd, int mode, off_t at, off_t length) {
  return must_fail(fd) ? -1 : REAL(fallocate)(fd, mode, at, length);
}

int fsync(int fd) { return must_fail(fd) ? -1 : REAL(fsync)(fd); }

int fdatasync(int fd) { return must_fail(fd) ? -1 : REAL(fdatasync)(fd); }
