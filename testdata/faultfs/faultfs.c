/* SPDX-License-Identifier: Apache-2.0
 *
 * A pass-through FUSE file system whose reads and writes can be delayed, failed, filled up or hung,
 * for tests of what storage does to leases. Direct I/O of the client goes through as it is.
 *
 *   faultfs BACKING MOUNTPOINT          stays in the foreground
 *   echo "COMMAND" > MOUNTPOINT/.fault  commands, each replacing the last one of its kind:
 *       read  delay MS | eio | hang [SKIP [COUNT]] | stale MS | ok
 *       write delay MS | eio | enospc | hang [SKIP [COUNT]] | ok
 *       open  delay MS | eio | hang [SKIP [COUNT]] | ok
 *       drop                            hung requests end without reaching the disk (EIO)
 *
 *   cat MOUNTPOINT/.fault               how many requests hang now
 *
 * With "read stale MS" the file system lies: a read does not see what was written in the last MS milliseconds.
 *
 * A hung request stays until its kind gets another command, and is then treated by that: with ok it is
 * carried out, it lands late. SKIP requests pass before one hangs; only COUNT requests hang, if given.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum kind { READ, WRITE, OPEN, KINDS };
enum mode { OK, DELAY, FAIL_EIO, FAIL_ENOSPC, HANG, STALE };

static const char *control = "/.fault";
static const char *root;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static enum mode mode_of[KINDS];
static int delay_ms[KINDS];
static int skip[KINDS];       /* requests that still pass before one hangs */
static int hangs[KINDS];      /* requests that still hang; negative: all */
static unsigned epoch[KINDS]; /* commands of this kind so far */
static int hanging;           /* requests that hang now */
static unsigned drops; /* how often "drop" was given */

/* What was there before the last small writes, for "stale". */
#define OLD 64
#define OLD_SIZE 4096
static struct old {
  char path[256];
  off_t off;
  size_t size;
  long long at_ms;
  char bytes[OLD_SIZE];
} olds[OLD];
static unsigned next_old;

static long long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Remembers what a write is about to replace. */
static void remember(const char *path, int fd, size_t size, off_t off) {
  pthread_mutex_lock(&lock);
  if (mode_of[READ] == STALE && size <= OLD_SIZE && strlen(path) < sizeof olds[0].path) {
    struct old *o = &olds[next_old++ % OLD];
    memset(o->bytes, 0, size);
    if (pread(fd, o->bytes, size, off) >= 0) {
      strcpy(o->path, path);
      o->off = off;
      o->size = size;
      o->at_ms = now_ms();
    }
  }
  pthread_mutex_unlock(&lock);
}

/* Puts back what recent writes have replaced, the newest first. */
static void make_stale(const char *path, char *buf, size_t size, off_t off) {
  pthread_mutex_lock(&lock);
  for (unsigned i = 1; mode_of[READ] == STALE && i <= OLD && i <= next_old; i++) {
    struct old *o = &olds[(next_old - i) % OLD];
    if (strcmp(o->path, path) || now_ms() - o->at_ms > delay_ms[READ]) continue;
    off_t from = o->off > off ? o->off : off;
    off_t to = o->off + (off_t)o->size < off + (off_t)size ? o->off + (off_t)o->size : off + (off_t)size;
    if (from < to) memcpy(buf + (from - off), o->bytes + (from - o->off), (size_t)(to - from));
  }
  pthread_mutex_unlock(&lock);
}

static void real(char *buf, const char *path) { snprintf(buf, 4096, "%s%s", root, path); }

/* Waits while a request hangs; -EIO if it was dropped. Called with the lock. */
static int hang(enum kind k) {
  unsigned seen = drops;
  while (mode_of[k] == HANG) {
    if (skip[k] > 0) {
      skip[k]--;
      return 0;
    }
    if (!hangs[k]) return 0;
    if (hangs[k] > 0) hangs[k]--;
    unsigned e = epoch[k];
    hanging++;
    while (epoch[k] == e && seen == drops) pthread_cond_wait(&changed, &lock);
    hanging--;
    if (seen != drops) return -EIO;
  }
  return 0;
}

/* Applies the fault of this kind; 0 or a negative errno. */
static int fault(enum kind k) {
  int wait_ms = 0;
  pthread_mutex_lock(&lock);
  int result = hang(k);
  if (!result && mode_of[k] == FAIL_EIO) result = -EIO;
  if (!result && mode_of[k] == FAIL_ENOSPC) result = -ENOSPC;
  if (!result && mode_of[k] == DELAY) wait_ms = delay_ms[k];
  pthread_mutex_unlock(&lock);
  if (wait_ms) usleep((useconds_t)wait_ms * 1000);
  return result;
}

static int command(const char *text, size_t size) {
  char buf[128], which[16] = "", what[16] = "";
  int number = 0, count = -1;
  if (size >= sizeof buf) return -EINVAL;
  memcpy(buf, text, size);
  buf[size] = 0;
  int n = sscanf(buf, "%15s %15s %d %d", which, what, &number, &count);
  pthread_mutex_lock(&lock);
  int result = (int)size;
  if (n == 1 && !strcmp(which, "drop")) {
    drops++;
  } else {
    int k = !strcmp(which, "read") ? READ : !strcmp(which, "write") ? WRITE : !strcmp(which, "open") ? OPEN : -1;
    enum mode m = !strcmp(what, "ok") ? OK : !strcmp(what, "delay") ? DELAY : !strcmp(what, "eio") ? FAIL_EIO
                : !strcmp(what, "enospc") ? FAIL_ENOSPC : !strcmp(what, "hang") ? HANG
                : !strcmp(what, "stale") && k == READ ? STALE : (enum mode)99;
    if (k < 0 || m == (enum mode)99) {
      result = -EINVAL;
    } else {
      mode_of[k] = m;
      delay_ms[k] = skip[k] = number;
      hangs[k] = count;
      epoch[k]++;
    }
  }
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  return result;
}

/* What reading the control file gives. */
static int report(char *buf, size_t size, off_t off) {
  if (off || size < 16) return 0;
  pthread_mutex_lock(&lock);
  int n = snprintf(buf, size, "%d\n", hanging);
  pthread_mutex_unlock(&lock);
  return n;
}

static int fs_getattr(const char *path, struct stat *st, struct fuse_file_info *fi) {
  (void)fi;
  if (!strcmp(path, control)) {
    memset(st, 0, sizeof *st);
    st->st_mode = S_IFREG | 0666;
    st->st_nlink = 1;
    return 0;
  }
  char p[4096];
  real(p, path);
  return lstat(p, st) ? -errno : 0;
}

static int fs_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t off, struct fuse_file_info *fi,
                      enum fuse_readdir_flags flags) {
  (void)off, (void)fi, (void)flags;
  char p[4096];
  real(p, path);
  DIR *d = opendir(p);
  if (!d) return -errno;
  for (struct dirent *e; (e = readdir(d));) fill(buf, e->d_name, NULL, 0, 0);
  closedir(d);
  return 0;
}

static int fs_open(const char *path, struct fuse_file_info *fi) {
  fi->direct_io = 1;
  fi->fh = 0;
  if (!strcmp(path, control)) return 0;
  int e = fault(OPEN);
  if (e) return e;
  char p[4096];
  real(p, path);
  int fd = open(p, fi->flags & ~(O_DIRECT | O_CREAT | O_EXCL));
  if (fd < 0) return -errno;
  fi->fh = (uint64_t)fd;
  return 0;
}

static int fs_create(const char *path, mode_t mode, struct fuse_file_info *fi) {
  fi->direct_io = 1;
  int e = fault(OPEN);
  if (e) return e;
  char p[4096];
  real(p, path);
  int fd = open(p, (fi->flags & ~O_DIRECT) | O_CREAT, mode);
  if (fd < 0) return -errno;
  fi->fh = (uint64_t)fd;
  return 0;
}

static int fs_release(const char *path, struct fuse_file_info *fi) {
  if (strcmp(path, control)) close((int)fi->fh);
  return 0;
}

static int fs_read(const char *path, char *buf, size_t size, off_t off, struct fuse_file_info *fi) {
  if (!strcmp(path, control)) return report(buf, size, off);
  int e = fault(READ);
  if (e) return e;
  ssize_t n = pread((int)fi->fh, buf, size, off);
  if (n > 0) make_stale(path, buf, (size_t)n, off);
  return n < 0 ? -errno : (int)n;
}

static int fs_write(const char *path, const char *buf, size_t size, off_t off, struct fuse_file_info *fi) {
  if (!strcmp(path, control)) return command(buf, size);
  int e = fault(WRITE);
  if (e) return e;
  remember(path, (int)fi->fh, size, off);
  ssize_t n = pwrite((int)fi->fh, buf, size, off);
  return n < 0 ? -errno : (int)n;
}

static int fs_truncate(const char *path, off_t size, struct fuse_file_info *fi) {
  (void)fi;
  if (!strcmp(path, control)) return 0;
  char p[4096];
  real(p, path);
  return truncate(p, size) ? -errno : 0;
}

static int fs_fallocate(const char *path, int mode, off_t off, off_t len, struct fuse_file_info *fi) {
  (void)path;
  int e = fault(WRITE);
  if (e) return e;
  return fallocate((int)fi->fh, mode, off, len) ? -errno : 0;
}

static int fs_fsync(const char *path, int data, struct fuse_file_info *fi) {
  (void)path;
  return (data ? fdatasync((int)fi->fh) : fsync((int)fi->fh)) ? -errno : 0;
}

static int fs_fsyncdir(const char *path, int data, struct fuse_file_info *fi) {
  (void)path, (void)data, (void)fi;
  return 0;
}

static int fs_unlink(const char *path) {
  char p[4096];
  real(p, path);
  return unlink(p) ? -errno : 0;
}

static int fs_link(const char *from, const char *to) {
  char a[4096], b[4096];
  real(a, from);
  real(b, to);
  return link(a, b) ? -errno : 0;
}

static int fs_rename(const char *from, const char *to, unsigned flags) {
  char a[4096], b[4096];
  real(a, from);
  real(b, to);
  return renameat2(AT_FDCWD, a, AT_FDCWD, b, flags) ? -errno : 0;
}

static int fs_mkdir(const char *path, mode_t mode) {
  char p[4096];
  real(p, path);
  return mkdir(p, mode) ? -errno : 0;
}

static int fs_rmdir(const char *path) {
  char p[4096];
  real(p, path);
  return rmdir(p) ? -errno : 0;
}

static int fs_chmod(const char *path, mode_t mode, struct fuse_file_info *fi) {
  (void)fi;
  char p[4096];
  real(p, path);
  return chmod(p, mode) ? -errno : 0;
}

static int fs_chown(const char *path, uid_t u, gid_t g, struct fuse_file_info *fi) {
  (void)fi;
  char p[4096];
  real(p, path);
  return lchown(p, u, g) ? -errno : 0;
}

/* Two names of one file have one inode number, as on any real file system. Options override the rest. */
static void *fs_init(struct fuse_conn_info *conn, struct fuse_config *config) {
  (void)conn;
  config->use_ino = 1;
  return NULL;
}

static const struct fuse_operations ops = {
    .init = fs_init,
    .getattr = fs_getattr, .readdir = fs_readdir, .open = fs_open,         .create = fs_create,
    .release = fs_release, .read = fs_read,       .write = fs_write,       .truncate = fs_truncate,
    .fsync = fs_fsync,     .unlink = fs_unlink,   .fallocate = fs_fallocate, .link = fs_link,
    .rename = fs_rename,   .mkdir = fs_mkdir,     .chmod = fs_chmod,       .chown = fs_chown,
    .fsyncdir = fs_fsyncdir, .rmdir = fs_rmdir,
};

/* Since 3.12 only ten requests are served at once unless told otherwise: a storage that is late is not one that
 * does one thing after the other. */
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 12)
#define MORE_THREADS ",max_threads=256"
#else
#define MORE_THREADS ""
#endif

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: faultfs BACKING MOUNTPOINT\n");
    return 2;
  }
  root = realpath(argv[1], NULL);
  if (!root) {
    perror(argv[1]);
    return 2;
  }
  umask(0);
  char *args[] = {argv[0], "-f", "-o", "attr_timeout=0,entry_timeout=0,negative_timeout=0,max_idle_threads=64" MORE_THREADS, argv[2], NULL};
  return fuse_main(5, args, &ops, NULL);
}
