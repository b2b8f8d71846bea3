/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of a sanlock daemon through the real libsanlock, as VDSM or lvmlockd is one: asks nearly
 * everything that the library can ask, and prints one line for each answer. What depends on host or
 * moment (times, process ids, descriptors) is not printed.
 *
 *   story DIR   SANLOCK_RUN_DIR leads to the daemon; DIR has the files ls and res, 16 MiB of zeros
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include <sanlock.h>
#include <sanlock_admin.h>
#include <sanlock_resource.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20, SECTOR = 512, RESOURCES = 9 };

static char directory[900];
static struct sanlk_lockspace ls;
static int sock;

#define SAY(...) (printf(__VA_ARGS__), putchar('\n'), fflush(stdout))

static struct sanlk_resource *resource(const char *name, int mib) {
  struct sanlk_resource *r = calloc(1, sizeof *r + sizeof(struct sanlk_disk));
  memcpy(r->lockspace_name, "LS1", 3);
  memcpy(r->name, name, strlen(name));
  r->num_disks = 1;
  snprintf(r->disks[0].path, SANLK_PATH_LEN, "%s/res", directory);
  r->disks[0].offset = (uint64_t)mib * MIB;
  return r;
}

static void state(const char *when, int pid) {
  char *text = NULL;
  int count = -1, rv = sanlock_inquire(pid ? -1 : sock, pid ? pid : -1, 0, &count, &text);
  char *at;
  /* the directory is another one for each daemon */
  while (text && (at = strstr(text, directory))) {
    memset(at, '*', 1);
    memmove(at + 1, at + strlen(directory), strlen(at + strlen(directory)) + 1);
  }
  SAY("inquire %s: %d count %d state %s", when, rv, rv ? 0 : count, text ? text : "-");
  free(text);
}

static void storage(struct sanlk_resource **res) {
  uint32_t version = 0, timeout = 0;
  int rv = sanlock_version(0, &version, NULL);
  SAY("version: %d %08x", rv, version);
  SAY("read_lockspace before: %d", sanlock_read_lockspace(&ls, 0, &timeout));
  SAY("write_lockspace: %d", sanlock_write_lockspace(&ls, 0, 0, 1));
  rv = sanlock_read_lockspace(&ls, 0, &timeout);
  SAY("read_lockspace: %d %.48s timeout %u flags %x", rv, ls.name, timeout, ls.flags);
  ls.flags = 0;
  ls.host_id = 1;
  for (int i = 0; i < RESOURCES; i++)
    SAY("write_resource %d: %d", i, sanlock_write_resource(res[i], 0, i % 2 ? 8 : 0, 0));
  struct sanlk_resource *r = resource("", 0);
  memset(r->lockspace_name, 0, SANLK_NAME_LEN);
  rv = sanlock_read_resource(r, 0);
  SAY("read_resource: %d %.48s:%.48s lver %llu", rv, r->lockspace_name, r->name,
      (unsigned long long)r->lver);
  free(r);
  SAY("align: %d", sanlock_align(&ls.host_id_disk));
}

static void joining(void) {
  struct sanlk_lockspace *all = NULL;
  int count = -1, rv;
  SAY("inq before: %d", sanlock_inq_lockspace(&ls, 0));
  SAY("rem before: %d", sanlock_rem_lockspace(&ls, 0));
  SAY("add async: %d", sanlock_add_lockspace_timeout(&ls, SANLK_ADD_ASYNC, 1));
  SAY("inq meanwhile: %d", sanlock_inq_lockspace(&ls, 0));
  SAY("inq wait: %d", sanlock_inq_lockspace(&ls, SANLK_INQ_WAIT));
  SAY("add again: %d", sanlock_add_lockspace(&ls, 0));
  rv = sanlock_get_lockspaces(&all, &count, 0);
  SAY("get_lockspaces: %d count %d %.48s %llu flags %x", rv, count, all ? all->name : "",
      (unsigned long long)(all ? all->host_id : 0), all ? all->flags : 0);
  free(all);
}

static void hosts(void) {
  struct sanlk_host *all = NULL;
  int count = -1, rv;
  /* The first renewal makes them known; when it comes is not compared. */
  while ((rv = sanlock_get_hosts("LS1", 0, &all, &count, 0)) == -EAGAIN || (!rv && !count)) {
    free(all);
    all = NULL;
    usleep(50000);
  }
  SAY("get_hosts: %d count %d id %llu generation %llu timeout %u flags %x", rv, count,
      (unsigned long long)all->host_id, (unsigned long long)all->generation, all->io_timeout,
      all->flags & SANLK_HOST_MASK);
  free(all);
  all = NULL;
  rv = sanlock_get_hosts("LS1", 1, &all, &count, 0);
  SAY("get_hosts 1: %d count %d", rv, count);
  free(all);
  all = NULL;
  rv = sanlock_get_hosts("NO", 0, &all, &count, 0);
  SAY("get_hosts nowhere: %d", rv);
}

static void leases(struct sanlk_resource **res) {
  struct sanlk_options options;
  memset(&options, 0, sizeof options);
  strcpy(options.owner_name, "story");
  sock = sanlock_register();
  SAY("register: %s", sock >= 0 ? "a descriptor" : "refused");
  SAY("restrict: %d", sanlock_restrict(sock, SANLK_RESTRICT_SIGKILL));
  SAY("killpath: %d", sanlock_killpath(sock, 0, "/bin/true", "a b"));
  state("nothing", 0);
  SAY("acquire: %d", sanlock_acquire(sock, -1, 0, 1, &res[0], &options));
  SAY("acquire again: %d", sanlock_acquire(sock, -1, 0, 1, &res[0], NULL));
  state("one", 0);
  state("by pid", getpid());
  SAY("acquire eight: %d", sanlock_acquire(sock, -1, 0, 8, &res[1], NULL));
  state("nine", 0);
  SAY("acquire nine at once: %d", sanlock_acquire(sock, -1, 0, 9, res, NULL));
  res[0]->flags = SANLK_RES_SHARED;
  SAY("convert to shared: %d", sanlock_convert(sock, -1, 0, res[0]));
  state("shared", 0);
  SAY("convert again: %d", sanlock_convert(sock, -1, 0, res[0]));
  res[0]->flags = 0;
  SAY("convert by pid: %d", sanlock_convert(-1, getpid(), 0, res[0]));
  state("exclusive", 0);
  struct sanlk_host *owners = NULL;
  int count = -1, rv = sanlock_read_resource_owners(res[0], 0, &owners, &count);
  SAY("owners: %d count %d id %llu generation %llu", rv, count,
      (unsigned long long)(owners ? owners->host_id : 0),
      (unsigned long long)(owners ? owners->generation : 0));
  free(owners);
  SAY("request of a version that is over: %d", sanlock_request(0, SANLK_REQ_GRACEFUL, res[0]));
  SAY("examine resource: %d", sanlock_examine(0, NULL, res[0]));
  SAY("examine lockspace: %d", sanlock_examine(0, &ls, NULL));
  SAY("release one: %d", sanlock_release(sock, -1, 0, 1, &res[0]));
  SAY("release again: %d", sanlock_release(sock, -1, 0, 1, &res[0]));
  state("eight", 0);
  SAY("release all: %d", sanlock_release(sock, -1, SANLK_REL_ALL, 0, NULL));
  state("none", 0);
  struct sanlk_resource *no = resource("NO", 15);
  SAY("acquire nothing there: %d", sanlock_acquire(sock, -1, 0, 1, &no, NULL));
  SAY("convert not held: %d", sanlock_convert(sock, -1, 0, no));
  SAY("acquire for nobody: %d", sanlock_acquire(-1, 999999, 0, 1, &res[0], NULL));
  free(no);
}

static void values(struct sanlk_resource *res) {
  char value[SECTOR] = "a value", got[SECTOR] = "";
  SAY("set_lvb, not held: %d", sanlock_set_lvb(0, res, value, SECTOR));
  SAY("acquire with value: %d", sanlock_acquire(sock, -1, SANLK_ACQUIRE_LVB, 1, &res, NULL));
  SAY("set_lvb: %d", sanlock_set_lvb(0, res, value, SECTOR));
  SAY("get_lvb: %d %s", sanlock_get_lvb(0, res, got, SECTOR), got);
  SAY("release: %d", sanlock_release(sock, -1, 0, 1, &res));
  memset(got, 0, sizeof got);
  SAY("acquire with value: %d", sanlock_acquire(sock, -1, SANLK_ACQUIRE_LVB, 1, &res, NULL));
  SAY("get_lvb: %d %s", sanlock_get_lvb(0, res, got, 16), got);
  SAY("set_lvb too long: %d", sanlock_set_lvb(0, res, value, SECTOR + 1));
  SAY("release: %d", sanlock_release(sock, -1, 0, 1, &res));
}

static void events(void) {
  struct sanlk_host_event he;
  uint64_t from = 0, generation = 0;
  memset(&he, 0, sizeof he);
  int fd = sanlock_reg_event("LS1", NULL, 0);
  SAY("reg_event: %s", fd >= 0 ? "a descriptor" : "refused");
  SAY("reg_event nowhere: %d", sanlock_reg_event("NO", NULL, 0));
  he.host_id = 1; /* itself: the next renewal shows it */
  he.generation = 1;
  he.event = 7;
  he.data = 8;
  SAY("set_event: %d", sanlock_set_event("LS1", &he, 0));
  he.event = 9;
  SAY("set_event over another: %d", sanlock_set_event("LS1", &he, 0));
  he.host_id = 3000;
  SAY("set_event no host: %d", sanlock_set_event("LS1", &he, 0));
  struct pollfd p = {.fd = fd, .events = POLLIN};
  int ready = poll(&p, 1, 4000);
  if (ready > 0) {
    int rv = sanlock_get_event(fd, 0, &he, &from, &generation);
    SAY("get_event: %d from %llu/%llu event %llu data %llu", rv, (unsigned long long)from,
        (unsigned long long)generation, (unsigned long long)he.event, (unsigned long long)he.data);
  } else {
    SAY("get_event: nothing came");
  }
  SAY("end_event: %d", sanlock_end_event(fd, "LS1", 0));
}

/* A child that inherits the registration is no holder of its own. */
static void child(struct sanlk_resource *res) {
  SAY("acquire: %d", sanlock_acquire(sock, -1, 0, 1, &res, NULL));
  pid_t pid = fork();
  if (!pid) _exit(sanlock_release(sock, -1, 0, 1, &res) ? 1 : 0);
  int status = -1;
  waitpid(pid, &status, 0);
  SAY("released by a child: %d", WEXITSTATUS(status));
  state("after the child", 0);
}

static void leaving(struct sanlk_resource *res) {
  res->flags = SANLK_RES_PERSISTENT;
  SAY("acquire persistent: %d", sanlock_acquire(sock, -1, 0, 1, &res, NULL));
  SAY("rem unused: %d", sanlock_rem_lockspace(&ls, SANLK_REM_UNUSED));
  SAY("release: %d", sanlock_release(sock, -1, 0, 1, &res));
  SAY("set_config used: %d", sanlock_set_config("LS1", 0, SANLK_CONFIG_USED, NULL));
  SAY("set_config unused: %d", sanlock_set_config("LS1", 0, SANLK_CONFIG_UNUSED, NULL));
  SAY("rem: %d", sanlock_rem_lockspace(&ls, 0));
  SAY("inq after: %d", sanlock_inq_lockspace(&ls, 0));
  SAY("acquire after: %d", sanlock_acquire(sock, -1, 0, 1, &res, NULL));
}

int main(int argc, char **argv) {
  struct sanlk_resource *res[RESOURCES];
  if (argc != 2) return 2;
  snprintf(directory, sizeof directory, "%s", argv[1]);
  memcpy(ls.name, "LS1", 3);
  ls.host_id = 1;
  snprintf(ls.host_id_disk.path, SANLK_PATH_LEN, "%s/ls", directory);
  for (int i = 0; i < RESOURCES; i++) {
    char name[3] = {'R', (char)('0' + i), 0};
    res[i] = resource(name, i);
  }
  storage(res);
  joining();
  hosts();
  leases(res);
  values(res[3]);
  events();
  child(res[4]);
  leaving(res[5]);
  return 0;
}
