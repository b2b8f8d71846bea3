/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of the C daemon, through the real libsanlock, for measurements: does what standard input
 * says, one line at a time, and answers with one line of nanoseconds, or "error CALL CODE".
 * SANLOCK_RUN_DIR leads to the daemon.
 *
 *   register                            this process becomes a holder
 *   join SPACE ID PATH IO_TIMEOUT       -> how long
 *   joins COUNT SPACE ID DIR IO_TIMEOUT joins SPACE0, SPACE1, ... in files of those names, all at once
 *                                       -> until the last one is joined
 *   leave SPACE ID PATH                 -> how long
 *   cycle SPACE ROUNDS NAME PATH ...    acquires all (at most 8) in one call, releases all in one
 *                                       call -> acquire release acquire release ...
 *   refuse SPACE ROUNDS NAME PATH       acquires what another host holds -> one time a round
 *   first SPACE NAME PATH               creates, allocates and initialises the file, acquires
 *                                       -> whole acquire; then releases it
 *   hold SPACE NAME PATH ...            acquires any number and keeps them -> how long
 *   cpu PID                             -> processor time that the process has used so far
 *   bare ROUNDS PATH STEP ...           the transfers alone, no algorithm: STEP is o (open), c (close),
 *                                       rOFFSET:LENGTH or wOFFSET:LENGTH (bytes) -> one time a round
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#include <sanlock.h>
#include <sanlock_admin.h>
#include <sanlock_resource.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_AT_ONCE = 8, AREA = 1 << 20, LINE = 1 << 20, WORDS = 4096 };

static int sock = -1;
static char *word[WORDS];

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *call, int code) { printf("error %s %d\n", call, code); }

static void name(char *to, const char *from) { memcpy(to, from, strnlen(from, SANLK_NAME_LEN)); }

static struct sanlk_lockspace space_of(const char *space, const char *id, const char *path) {
  struct sanlk_lockspace ls;
  memset(&ls, 0, sizeof ls);
  name(ls.name, space);
  ls.host_id = strtoull(id, NULL, 10);
  strncpy(ls.host_id_disk.path, path, SANLK_PATH_LEN - 1);
  return ls;
}

static struct sanlk_resource *resource_of(const char *space, const char *res, const char *path) {
  struct sanlk_resource *r = calloc(1, sizeof *r + sizeof(struct sanlk_disk));
  name(r->lockspace_name, space);
  name(r->name, res);
  r->num_disks = 1;
  strncpy(r->disks[0].path, path, SANLK_PATH_LEN - 1);
  return r;
}

static void join(void) {
  struct sanlk_lockspace ls = space_of(word[1], word[2], word[3]);
  long long begin = now();
  int rv = sanlock_add_lockspace_timeout(&ls, 0, (uint32_t)atoi(word[4]));
  if (rv)
    fail("add_lockspace", rv);
  else
    printf("%lld\n", now() - begin);
}

static void joins(void) {
  int count = atoi(word[1]), rv = 0;
  struct sanlk_lockspace *all = calloc((size_t)count, sizeof *all);
  const char *call = "add_lockspace";
  for (int i = 0; i < count; i++) {
    char space[SANLK_NAME_LEN + 1], path[SANLK_PATH_LEN];
    snprintf(space, sizeof space, "%s%d", word[2], i);
    snprintf(path, sizeof path, "%s/%s", word[4], space);
    all[i] = space_of(space, word[3], path);
  }
  long long begin = now();
  for (int i = 0; i < count && !rv; i++)
    rv = sanlock_add_lockspace_timeout(&all[i], SANLK_ADD_ASYNC, (uint32_t)atoi(word[5]));
  for (int i = 0; i < count && !rv; i++) {
    call = "inq_lockspace";
    rv = sanlock_inq_lockspace(&all[i], SANLK_INQ_WAIT);
  }
  if (rv)
    fail(call, rv);
  else
    printf("%lld\n", now() - begin);
  free(all);
}

static void leave(void) {
  struct sanlk_lockspace ls = space_of(word[1], word[2], word[3]);
  long long begin = now();
  int rv = sanlock_rem_lockspace(&ls, 0);
  if (rv)
    fail("rem_lockspace", rv);
  else
    printf("%lld\n", now() - begin);
}

static void cycle(int words) {
  struct sanlk_resource *res[MAX_AT_ONCE];
  int rounds = atoi(word[2]), count = 0, rv = 0;
  const char *call = "";
  for (int i = 3; i + 1 < words && count < MAX_AT_ONCE; i += 2)
    res[count++] = resource_of(word[1], word[i], word[i + 1]);
  for (int i = 0; i < rounds && !rv; i++) {
    long long begin = now();
    rv = sanlock_acquire(sock, -1, 0, count, res, NULL);
    call = "acquire";
    if (rv) break;
    long long held = now();
    rv = sanlock_release(sock, -1, 0, count, res);
    call = "release";
    printf("%lld %lld ", held - begin, now() - held);
  }
  if (rv)
    fail(call, rv);
  else
    printf("\n");
  for (int i = 0; i < count; i++) free(res[i]);
}

static void refuse(void) {
  struct sanlk_resource *res = resource_of(word[1], word[3], word[4]);
  int rounds = atoi(word[2]), rv = 0;
  for (int i = 0; i < rounds; i++) {
    long long begin = now();
    rv = sanlock_acquire(sock, -1, 0, 1, &res, NULL);
    long long end = now();
    if (rv != -243) break;
    printf("%lld ", end - begin);
  }
  if (rv != -243)
    fail("refused acquire", rv);
  else
    printf("\n");
  free(res);
}

/* What libvirt's plugin does for a disk that has no lease yet. */
static void first(void) {
  struct sanlk_resource *res = resource_of(word[1], word[2], word[3]);
  const char *call = "create";
  int rv = 0;
  long long begin = now(), made = 0;
  int fd = open(word[3], O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (fd < 0 || (rv = posix_fallocate(fd, 0, AREA)) || close(fd)) {
    rv = rv ? rv : errno;
  } else {
    call = "init";
    rv = sanlock_init(NULL, res, 0, 0);
    made = now();
    if (!rv) {
      call = "acquire";
      rv = sanlock_acquire(sock, -1, 0, 1, &res, NULL);
    }
  }
  long long end = now();
  if (!rv) {
    call = "release";
    rv = sanlock_release(sock, -1, 0, 1, &res);
  }
  if (rv)
    fail(call, rv);
  else
    printf("%lld %lld\n", end - begin, end - made);
  free(res);
}

static void hold(int words) {
  long long begin = now();
  for (int i = 2; i + 1 < words; i += 2) {
    struct sanlk_resource *res = resource_of(word[1], word[i], word[i + 1]);
    int rv = sanlock_acquire(sock, -1, 0, 1, &res, NULL);
    free(res);
    if (rv) {
      fail("acquire", rv);
      return;
    }
  }
  printf("%lld\n", now() - begin);
}

static void cpu(void) {
  clockid_t clock;
  struct timespec t;
  int rv = clock_getcpuclockid(atoi(word[1]), &clock);
  if (rv || clock_gettime(clock, &t))
    fail("cpu", rv);
  else
    printf("%lld\n", t.tv_sec * 1000000000LL + t.tv_nsec);
}

/* One step of a bare sequence, on a file that is for nothing else. */
static int step(const char *what, const char *path, int *fd, char *buffer) {
  long long offset = 0, length = 0;
  sscanf(what + 1, "%lld:%lld", &offset, &length);
  switch (what[0]) {
    case 'o':
      *fd = open(path, O_RDWR | O_DIRECT | O_SYNC | O_CLOEXEC);
      return *fd < 0;
    case 'c':
      return close(*fd);
    case 'r':
      return pread(*fd, buffer, (size_t)length, offset) != length;
    case 'w':
      return pwrite(*fd, buffer, (size_t)length, offset) != length;
    default:
      return 1;
  }
}

static void bare(int words) {
  static char *buffer;
  int rounds = atoi(word[1]), fd = -1;
  if (!buffer && posix_memalign((void **)&buffer, 4096, AREA)) return;
  memset(buffer, 0, AREA);
  for (int i = 0; i < rounds; i++) {
    long long begin = now();
    for (int w = 3; w < words; w++) {
      if (step(word[w], word[2], &fd, buffer)) {
        fail(word[w], -errno);
        return;
      }
    }
    printf("%lld ", now() - begin);
  }
  printf("\n");
}

int main(void) {
  static char line[LINE];
  setvbuf(stdout, NULL, _IOLBF, LINE);
  while (fgets(line, sizeof line, stdin)) {
    int words = 0;
    for (char *w = strtok(line, " \n"); w && words < WORDS; w = strtok(NULL, " \n")) word[words++] = w;
    if (!words) continue;
    if (!strcmp(word[0], "register")) {
      sock = sanlock_register();
      if (sock < 0)
        fail("register", sock);
      else
        printf("0\n");
    } else if (!strcmp(word[0], "join") && words == 5) {
      join();
    } else if (!strcmp(word[0], "joins") && words == 6) {
      joins();
    } else if (!strcmp(word[0], "leave") && words == 4) {
      leave();
    } else if (!strcmp(word[0], "cycle") && words >= 5) {
      cycle(words);
    } else if (!strcmp(word[0], "refuse") && words == 5) {
      refuse();
    } else if (!strcmp(word[0], "first") && words == 4) {
      first();
    } else if (!strcmp(word[0], "hold") && words >= 4) {
      hold(words);
    } else if (!strcmp(word[0], "cpu") && words == 2) {
      cpu();
    } else if (!strcmp(word[0], "bare") && words >= 4) {
      bare(words);
    } else {
      fail(word[0], -EINVAL);
    }
    fflush(stdout);
  }
  return 0;
}
