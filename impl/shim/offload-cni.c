/*
 * offload-cni: relays one CNI call to the daemon and takes no decision of its own. The wire: impl/wire/relay.ts.
 *
 * It sends its CNI_* environment and stdin, prints the answer and exits with its code. Without a daemon, or with an
 * answer cut short: VERSION is answered from a constant, since a runtime asks it when loading a configuration, maybe
 * before the daemon is up; STATUS says 50; the rest is code 11, try again later. Texts printed here hold none of
 * "not found" and "no such file or directory": containerd would take a DEL that failed so for done.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef TOTAL_TIMEOUT_MS
#define TOTAL_TIMEOUT_MS 50000 /* below the minute or more that runtimes allow for a call */
#endif
#ifndef PROBE_TIMEOUT_MS
#define PROBE_TIMEOUT_MS 5000 /* STATUS and VERSION: a runtime asks them while holding a lock */
#endif
#define SIBLING "offload-cni.sock" /* beside this executable; normally a symlink */
#define DEFAULT "/run/cni-offload/host.sock"
#define GREETING "OFFLOAD-CNI 1"

extern char **environ;
static const char *command = "";
static long long deadline;
static char input[1 << 16], answer[8 << 20]; /* pages nobody touches cost nothing */

static long long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int left_ms(void) {
  long long left = deadline - now_ms();
  return left > 0 ? (int)left : 0;
}

/* Pieces of PIPE_BUF go into a pipe that poll() calls writable without blocking. */
static int put(int fd, const char *p, size_t n, int wait) {
  while (n > 0) {
    struct pollfd out = {.fd = fd, .events = POLLOUT};
    int ready = poll(&out, 1, wait ? left_ms() : 0);
    if (ready < 0 && errno == EINTR) continue;
    if (ready != 1) return -1;
    ssize_t done = write(fd, p, n < PIPE_BUF ? n : PIPE_BUF);
    if (done < 0 && errno != EINTR && errno != EAGAIN) return -1;
    if (done > 0) p += done, n -= (size_t)done;
  }
  return 0;
}

static int say(int code, const char *msg, const char *details) {
  char text[1024];
  int n = snprintf(text, sizeof text, "{\"cniVersion\":\"1.1.0\",\"code\":%d,\"msg\":\"%s\",\"details\":\"%s\"}\n",
                   code, msg, details);
  put(1, text, (size_t)n, 1);
  n = snprintf(text, sizeof text, "offload-cni: %s\n", msg);
  put(2, text, (size_t)n, 0); /* for people only: never waited for */
  return 1;
}

static int give_up(const char *msg) {
  static const char version[] = "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":"
                                "[\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n";
  if (strcmp(command, "VERSION") == 0) return put(1, version, sizeof version - 1, 1) == 0 ? 0 : 1;
  return say(strcmp(command, "STATUS") == 0 ? 50 : 11, msg,
             "Is cni-offload-host running? It listens at " SIBLING " beside this executable, else at " DEFAULT);
}

static int try_connect(const char *path) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
  int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval wait = {.tv_sec = left_ms() / 1000, .tv_usec = left_ms() % 1000 * 1000 + 1};
  setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait); /* bounds connect() on a full backlog */
  if (connect(sock, (struct sockaddr *)&at, sizeof at) == 0) return sock;
  close(sock);
  return -1;
}

/* The sibling by way of its directory's descriptor: its path may be longer than sun_path. */
static int connect_daemon(void) {
  char path[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  path[n > 0 ? n : 0] = '\0';
  char *slash = strrchr(path, '/');
  if (slash == NULL) return try_connect(DEFAULT);
  slash[1] = '\0';
  struct stat st;
  int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fstatat(dir, SIBLING, &st, AT_SYMLINK_NOFOLLOW) != 0) return try_connect(DEFAULT);
  snprintf(path, sizeof path, "/proc/self/fd/%d/" SIBLING, dir);
  return try_connect(path);
}

/* GREETING, each CNI_ variable and an empty entry, each with its NUL. */
static char *frame_head(size_t *length) {
  size_t n = sizeof GREETING + 1;
  for (char **e = environ; *e; e++) n += strlen(*e) + 1;
  char *head = malloc(n), *p = head;
  if (head == NULL) return NULL;
  p = stpcpy(p, GREETING) + 1;
  for (char **e = environ; *e; e++)
    if (strncmp(*e, "CNI_", 4) == 0) p = stpcpy(p, *e) + 1;
  *p++ = '\0';
  *length = (size_t)(p - head);
  return head;
}

/* Prints a complete answer and gives its exit code; -1 while there is more to come, -2 when it is none. */
static int print_answer(size_t length) {
  unsigned code = 0, out = 0, err = 0;
  int head = 0;
  if (memchr(answer, '\n', length < 64 ? length : 64) == NULL) return length < 64 ? -1 : -2;
  if (sscanf(answer, "%3u %8u %8u%n", &code, &out, &err, &head) != 3 || answer[head++] != '\n') return -2;
  if (code > 255 || out > sizeof answer || err > sizeof answer) return -2;
  if (length < (size_t)head + out + err) return -1;
  int failed = put(1, answer + head, out, 1);
  put(2, answer + head + out, err, 0);
  return failed && code == 0 ? 1 : (int)code;
}

static int relay(int sock) {
  size_t pending_size = 0, answer_size = 0;
  char *pending = frame_head(&pending_size);
  /* Called by hand without a command, there is no stdin to wait for. */
  int more_input = *command != '\0' || !isatty(0), sending = 1;
  if (pending == NULL) return give_up("Cannot relay the call: out of memory");
  fcntl(sock, F_SETFL, O_NONBLOCK);
  for (;;) {
    if (sending && pending_size == 0 && !more_input) {
      shutdown(sock, SHUT_WR);
      sending = 0;
    }
    struct pollfd fds[] = {
        {.fd = sock, .events = (short)(POLLIN | (sending && pending_size > 0 ? POLLOUT : 0))},
        {.fd = sending && pending_size == 0 ? 0 : -1, .events = POLLIN},
    };
    int ready = poll(fds, 2, left_ms());
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0)
      return give_up(sending && pending_size == 0 ? "Cannot serve the call: stdin did not end in time"
                                                  : "Cannot serve the call: the daemon did not answer in time");

    if (fds[1].revents) {
      ssize_t n = read(0, pending = input, sizeof input);
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return strcmp(command, "VERSION") == 0
                   ? give_up("")
                   : say(5, "Cannot read the network configuration: stdin is unreadable", strerror(errno));
      if (n >= 0) pending_size = (size_t)n, more_input = n > 0;
    }
    if (fds[0].revents & POLLOUT) {
      ssize_t n = send(sock, pending, pending_size, MSG_NOSIGNAL);
      if (n > 0) pending += n, pending_size -= (size_t)n;
      else if (errno != EAGAIN && errno != EINTR) sending = 0; /* it may have answered before it hung up */
    }
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) {
      ssize_t n = read(sock, answer + answer_size, sizeof answer - 1 - answer_size);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (n > 0) answer_size += (size_t)n;
      int code = n > 0 ? print_answer(answer_size) : -2;
      if (code >= 0) return code;
      if (code == -2) return give_up("Cannot serve the call: the daemon's answer was cut short");
    }
  }
}

int main(int argc, char **argv) {
  if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "--version") == 0)) {
    puts("offload-cni, a CNI plugin (CNI 0.3.0 to 1.1.0): relays each call to cni-offload-host.\n"
         "Container runtimes run it, with CNI_COMMAND and more in the environment and a configuration on stdin.\n"
         "Socket: " SIBLING " beside this executable, else " DEFAULT);
    return 0;
  }
  signal(SIGPIPE, SIG_IGN);
  for (int fd; (fd = open("/dev/null", O_RDWR)) >= 0;) /* a closed standard stream must not become the socket */
    if (fd > 2) {
      close(fd);
      break;
    }
  if (getenv("CNI_COMMAND") != NULL) command = getenv("CNI_COMMAND");
  int probe = strcmp(command, "VERSION") == 0 || strcmp(command, "STATUS") == 0;
  deadline = now_ms() + (probe ? PROBE_TIMEOUT_MS : TOTAL_TIMEOUT_MS);
  int sock = connect_daemon();
  return sock >= 0 ? relay(sock) : give_up("Cannot serve the call: the daemon cannot be reached");
}
