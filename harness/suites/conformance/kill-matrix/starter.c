/*
 * Starts short commands for a process that is too large to fork often. Preloaded into `ip`, it keeps that program from
 * its main() and forks a copy for each command: one that is `ip` goes on to main(), which spares loading it, any other is
 * executed. One connection to the socket STARTER_SOCKET is one command. In: "argc envc texts-length stdin-length\n", the texts
 * each ended by NUL (network namespace or "", argv, environment), stdin. Out: "exit-status-or-minus-signal stdout-length
 * stderr-length\n", both texts. A caller that hangs up has the command killed. Ends when its stdin does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int main_t(int, char **, char **);
typedef int start_t(main_t *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

extern char **environ;

static struct {
  start_t *go;
  main_t *main;
  void (*init)(void), (*fini)(void), (*rtld_fini)(void);
  void *stack_end;
} ip;

static void fail(const char *what) {
  perror(what);
  _exit(127);
}

static char *take(int fd, size_t n) {
  char *data = malloc(n + 1);
  for (size_t at = 0; at < n;) {
    ssize_t got = read(fd, data + at, n - at);
    if (got <= 0) _exit(1);
    at += (size_t)got;
  }
  data[n] = 0;
  return data;
}

static void put(int fd, const char *text, size_t n) {
  while (n > 0) {
    ssize_t done = write(fd, text, n);
    if (done <= 0) _exit(1);
    text += done, n -= (size_t)done;
  }
}

static char **list(char **text, size_t n) {
  char **all = calloc(n + 1, sizeof *all);
  for (size_t i = 0; i < n; i++) all[i] = *text, *text += strlen(*text) + 1;
  return all;
}

static void become(char *texts, size_t argc, size_t envc, const int fds[3]) {
  char *netns = *list(&texts, 1);
  char **argv = list(&texts, argc);
  environ = list(&texts, envc);
  setsid();
  for (int fd = 0; fd < 3; fd++) dup2(fds[fd], fd);
  int at = *netns ? open(netns, O_RDONLY | O_CLOEXEC) : -1;
  if (*netns && (at < 0 || setns(at, CLONE_NEWNET) != 0)) fail(netns);
  if (chdir("/") != 0) fail("/");
  if (strcmp(argv[0], "ip") == 0) exit(ip.go(ip.main, (int)argc, argv, ip.init, ip.fini, ip.rtld_fini, ip.stack_end));
  execvp(argv[0], argv);
  fail(argv[0]);
}

static void serve(int sock) {
  char head[128];
  size_t n = 0, argc, envc, length, input;
  while (n < sizeof head - 1 && read(sock, head + n, 1) == 1 && head[n] != '\n') n++;
  head[n] = 0;
  if (sscanf(head, "%zu %zu %zu %zu", &argc, &envc, &length, &input) != 4) _exit(1);
  char *texts = take(sock, length), *given = take(sock, input);
  int fds[3];
  for (int fd = 0; fd < 3; fd++) fds[fd] = memfd_create("stream", MFD_CLOEXEC);
  put(fds[0], given, input);
  lseek(fds[0], 0, SEEK_SET);
  pid_t child = fork();
  if (child == 0) become(texts, argc, envc, fds);
  struct pollfd ends[] = {{.fd = sock, .events = POLLRDHUP}, {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN}};
  while (poll(ends, 2, -1) < 0 && errno == EINTR);
  if (!(ends[1].revents & POLLIN)) return (void)kill(-child, SIGKILL), (void)kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  size_t sizes[3];
  for (int fd = 1; fd < 3; fd++) sizes[fd] = (size_t)lseek(fds[fd], 0, SEEK_END);
  int end = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  put(sock, head, (size_t)snprintf(head, sizeof head, "%d %zu %zu\n", end, sizes[1], sizes[2]));
  for (int fd = 1; fd < 3; fd++)
    if (sizes[fd]) put(sock, mmap(NULL, sizes[fd], PROT_READ, MAP_SHARED, fds[fd], 0), sizes[fd]);
}

static int listen_for_ever(void) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  const char *path = getenv("STARTER_SOCKET");
  if (path == NULL || strlen(path) >= sizeof at.sun_path) return 2;
  strcpy(at.sun_path, path);
  int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(server, (struct sockaddr *)&at, sizeof at) != 0 || listen(server, 128) != 0) fail(path);
  put(1, "ready\n", 6);
  struct pollfd ends[] = {{.fd = 0, .events = POLLIN}, {.fd = server, .events = POLLIN}};
  for (;;) {
    if (poll(ends, 2, -1) < 0 || ends[0].revents) return 0;
    int sock = accept4(server, NULL, NULL, SOCK_CLOEXEC);
    if (sock >= 0 && fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(server);
      serve(sock);
      _exit(0);
    }
    close(sock);
    while (waitpid(-1, NULL, WNOHANG) > 0);
  }
}

int __libc_start_main(main_t *main, int argc, char **argv, void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *stack_end) {
  (void)argc, (void)argv;
  ip.go = (start_t *)dlsym(RTLD_NEXT, "__libc_start_main");
  ip.main = main, ip.init = init, ip.fini = fini, ip.rtld_fini = rtld_fini, ip.stack_end = stack_end;
  _exit(listen_for_ever());
}
