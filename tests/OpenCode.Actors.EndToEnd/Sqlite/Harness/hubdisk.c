// Preloaded into a server: writes down what it writes to hub.db and hub.db-wal, and what of it is synced; fails their system calls when told to.
// The record is a file that the test maps, too: see HubDisk.cs for its layout.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

// MADE: a hub.db.new and its log, of which no write is written down.
enum { NONE, DATABASE, LOG, KINDS, MADE = KINDS, MAX_FILES = 65536, MAX_WRITES = 1 << 20 };

typedef struct { uint64_t kind, offset, length; } Write;
typedef struct {
  volatile uint64_t failing; // 1 syncs, 2 writes, 3 reads, 4 writes for want of quota
  volatile uint64_t count;   // of writes, counted before they begin
  volatile uint64_t synced[KINDS]; // of each file: writes below this number are on the disk
  volatile uint64_t syncs;
  uint64_t reserved[10];
  Write writes[MAX_WRITES];
} Record;

static Record *record;
static unsigned char kinds[MAX_FILES];
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_fsync)(int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);

__attribute__((constructor)) static void begin(void) {
  real_open = dlsym(RTLD_NEXT, "open64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_pread = dlsym(RTLD_NEXT, "pread64");
  const char *path = getenv("HUBDISK_RECORD");
  int file = path ? real_open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *map = mmap(NULL, sizeof(Record), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  real_close(file);
  if (map != MAP_FAILED) record = map;
}

static int kind_of(int file) { return record && file >= 0 && file < MAX_FILES ? kinds[file] : NONE; }

static int ends_with(const char *text, const char *end) {
  size_t all = strlen(text), part = strlen(end);
  return all >= part && strcmp(text + all - part, end) == 0;
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  int file = real_open(path, flags, mode);
  if (file >= 0 && file < MAX_FILES) kinds[file] = ends_with(path, "/hub.db") ? DATABASE : ends_with(path, "/hub.db-wal") ? LOG : strstr(path, "/hub.db.new") ? MADE : NONE;
  return file;
}

int close(int file) {
  if (file >= 0 && file < MAX_FILES) kinds[file] = NONE;
  return real_close(file);
}

static int sync_file(int file) {
  int kind = kind_of(file);
  if (kind == NONE) return real_fsync(file);
  if (record->failing == 1) { errno = EIO; return -1; }
  if (kind == MADE) return real_fsync(file);
  uint64_t count = record->count;
  int result = real_fsync(file);
  if (result == 0) { record->synced[kind] = count; record->syncs++; }
  return result;
}

int fsync(int file) { return sync_file(file); }
int fdatasync(int file) { return sync_file(file); }

ssize_t pwrite64(int file, const void *bytes, size_t length, off_t offset) {
  int kind = kind_of(file);
  if (kind != NONE) {
    if (record->failing == 2 || record->failing == 4) { errno = record->failing == 2 ? EIO : EDQUOT; return -1; }
    if (kind == MADE) return real_pwrite(file, bytes, length, offset);
    pthread_mutex_lock(&gate);
    record->writes[record->count % MAX_WRITES] = (Write){ kind, (uint64_t)offset, length };
    __sync_synchronize();
    record->count++;
    pthread_mutex_unlock(&gate);
  }
  return real_pwrite(file, bytes, length, offset);
}

ssize_t pread64(int file, void *bytes, size_t length, off_t offset) {
  if (kind_of(file) != NONE && record->failing == 3) { errno = EIO; return -1; }
  return real_pread(file, bytes, length, offset);
}
