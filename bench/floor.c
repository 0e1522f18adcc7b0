/* The floor: what it costs to ask miners and to throw the answers away.
 *
 *     floor TARGETS REQUESTS AT_ONCE POLLS
 *
 * TARGETS has a line for each miner that begins with its address and port; REQUESTS has the lines that a poll sends, each
 * over a connection of its own, one after the other. The miners are polled in turn, AT_ONCE of them at a time, until
 * POLLS polls are done. Prints what that took as a line of JSON; nothing is looked at but how much came.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS = 16, EVENTS = 256 };

struct poll {
    struct sockaddr_in *target;
    int request, socket, asked;
};

static struct sockaddr_in *targets;
static char *requests[REQUESTS];
static size_t lengths[REQUESTS];
static int target_count, request_count, poller;
static char scrap[1 << 16];
static long long received, failed;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void read_targets(const char *path) {
    FILE *file = fopen(path, "r");
    char address[64];
    int port, room = 0;
    if (!file) fail(path);
    while (fscanf(file, "%63s %d%*[^\n]", address, &port) == 2) {
        if (target_count == room) targets = realloc(targets, (room = 2 * room + 64) * sizeof *targets);
        struct sockaddr_in *target = &targets[target_count++];
        *target = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
        if (inet_pton(AF_INET, address, &target->sin_addr) != 1) fail(address);
    }
    fclose(file);
}

static void read_requests(const char *path) {
    FILE *file = fopen(path, "r");
    size_t room = 0;
    if (!file) fail(path);
    for (ssize_t length; request_count < REQUESTS; request_count++, room = 0) {
        if ((length = getline(&requests[request_count], &room, file)) <= 0) break;
        lengths[request_count] = length;
    }
    fclose(file);
}

/* Opens the connection for the poll's present request. */
static void dial(struct poll *poll) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = poll};
    poll->asked = 0;
    poll->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (poll->socket < 0) fail("socket");
    if (connect(poll->socket, (struct sockaddr *)poll->target, sizeof *poll->target) && errno != EINPROGRESS)
        fail("connect");
    if (epoll_ctl(poller, EPOLL_CTL_ADD, poll->socket, &event)) fail("epoll_ctl");
}

/* Whether the connection is done with. */
static int attend(struct poll *poll, unsigned events) {
    if (!poll->asked && events & EPOLLOUT) {
        poll->asked = 1;
        if (send(poll->socket, requests[poll->request], lengths[poll->request], MSG_NOSIGNAL) < 0) {
            failed++;
            return 1;
        }
    }
    for (ssize_t length; events & (EPOLLIN | EPOLLERR | EPOLLHUP); received += length) {
        if ((length = recv(poll->socket, scrap, sizeof scrap, 0)) > 0) continue;
        if (length < 0 && errno == EAGAIN) return 0;
        failed += length < 0;
        return 1;
    }
    return 0;
}

static double seconds(struct timeval time) {
    return time.tv_sec + time.tv_usec / 1e6;
}

static double cpu(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: floor TARGETS REQUESTS AT_ONCE POLLS\n");
        return 2;
    }
    read_targets(arguments[1]);
    read_requests(arguments[2]);
    int at_once = atoi(arguments[3]);
    long polls = atol(arguments[4]), begun = 0, done = 0;
    if (!target_count || !request_count || at_once < 1) fail("nothing to ask");
    struct poll *running = calloc(at_once, sizeof *running);
    static struct epoll_event events[EVENTS];
    struct timespec from, to;
    poller = epoll_create1(0);
    clock_gettime(CLOCK_MONOTONIC, &from);
    double before = cpu();
    for (; begun < at_once && begun < polls; begun++) {
        running[begun].target = &targets[begun % target_count];
        dial(&running[begun]);
    }
    while (done < polls) {
        int found = epoll_wait(poller, events, EVENTS, 10000);
        if (found <= 0) fail("nobody answers");
        for (int i = 0; i < found; i++) {
            struct poll *poll = events[i].data.ptr;
            if (!attend(poll, events[i].events)) continue;
            close(poll->socket);
            if (++poll->request == request_count) {
                done++;
                if (begun == polls) continue;
                poll->request = 0;
                poll->target = &targets[begun++ % target_count];
            }
            dial(poll);
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("{\"polls\":%ld,\"cpu\":%.6f,\"wall\":%.6f,\"bytes\":%lld,\"failed\":%lld}\n", done, cpu() - before,
           to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9, received, failed);
    return failed > 0;
}
