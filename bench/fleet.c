/* A fleet of miners that answer from a file: one thread, one epoll, one listening socket for each miner.
 *
 *     fleet PAYLOAD TARGETS
 *
 * TARGETS has a line for each miner: address, port, kind, mode. The addresses are loopback's; the kind says which of the
 * PAYLOAD's answers are its own; the mode is one of
 *     well     answers and hangs up        silent   accepts and says nothing
 *     drip     a byte of the answer a second        cut      half of the answer, then hangs up
 * A miner that refuses is one that is not listed. From poll to poll a miner goes on to the next of the variants.
 *
 * PAYLOAD is a run of records, all numbers 32 bits in the machine's order: kind, length of the key and the key, number of
 * variants, and length and bytes of each. The key is the command, with "|parameter" and "|new_api" where the request has
 * them; the empty key is the answer to whatever the kind does not know.
 *
 * Says "ready" when all miners listen. Then it takes a word a line on its input: `reset` forgets what was counted,
 * `report` prints it as a line of JSON; at the end of the input it ends. The gaps between two polls of a miner that is
 * well are counted in milliseconds; a poll begins with the request that asks for the summary.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { KINDS = 64, QUESTIONS = 96, LINE = 4096, LONGEST_GAP = 600000, EVENTS = 512 };
enum mode { WELL, SILENT, DRIP, CUT };
enum tag { INPUT, MINER, CLIENT };

struct bytes {
    const char *at;
    size_t length;
};

struct question {
    struct bytes key;
    struct bytes *variants;
    uint32_t count;
};

struct kind {
    struct question questions[QUESTIONS];
    int count;
};

struct miner {
    enum tag tag;
    enum mode mode;
    int socket, kind;
    uint32_t step; /* of its life: which of the variants it answers with */
    int64_t polled; /* milliseconds; 0: not since the reset */
};

struct client {
    enum tag tag;
    int socket, asked;
    struct miner *miner;
    struct bytes rest; /* of the answer */
    struct client *before, *after; /* among those who are dripped to */
};

static struct kind kinds[KINDS];
static struct miner *miners;
static int miner_count, poller;
static struct client drips = {.before = &drips, .after = &drips};
static uint32_t gaps[LONGEST_GAP];
static int64_t since;
static uint64_t accepted, polls, answered;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint32_t word(const char **at) {
    uint32_t value;
    memcpy(&value, *at, sizeof value);
    *at += sizeof value;
    return value;
}

static struct bytes run(const char **at) {
    struct bytes found = {.length = word(at)};
    found.at = *at;
    *at += found.length;
    return found;
}

static void read_payload(const char *path) {
    struct stat file;
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &file)) fail(path);
    const char *at = mmap(NULL, file.st_size, PROT_READ, MAP_SHARED, descriptor, 0), *end = at + file.st_size;
    if (at == MAP_FAILED) fail(path);
    while (at < end) {
        uint32_t number = word(&at);
        if (number >= KINDS || kinds[number].count == QUESTIONS) fail("too many kinds or questions");
        struct question *question = &kinds[number].questions[kinds[number].count++];
        question->key = run(&at);
        question->count = word(&at);
        question->variants = calloc(question->count, sizeof *question->variants);
        for (uint32_t i = 0; i < question->count; i++) question->variants[i] = run(&at);
    }
}

static void watch(int descriptor, uint32_t events, void *whom) {
    struct epoll_event event = {.events = events, .data.ptr = whom};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)) fail("epoll_ctl");
}

static void listen_at(struct miner *miner, const char *address, int port) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
    int yes = 1, seconds = 5;
    if (inet_pton(AF_INET, address, &place.sin_addr) != 1 || (ntohl(place.sin_addr.s_addr) >> 24) != 127) {
        fprintf(stderr, "not a loopback address: %s\n", address);
        exit(1);
    }
    miner->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (miner->socket < 0) fail("socket");
    setsockopt(miner->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(miner->socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    if (bind(miner->socket, (struct sockaddr *)&place, sizeof place) || listen(miner->socket, 64)) fail(address);
    watch(miner->socket, EPOLLIN, miner);
}

static void read_targets(const char *path) {
    static const char *const modes[] = {[WELL] = "well", [SILENT] = "silent", [DRIP] = "drip", [CUT] = "cut"};
    FILE *file = fopen(path, "r");
    char address[64], mode[16];
    int port, kind, room = 0;
    if (!file) fail(path);
    while (fscanf(file, "%63s %d %d %15s", address, &port, &kind, mode) == 4) room++;
    miners = calloc(room, sizeof *miners);
    rewind(file);
    while (miner_count < room && fscanf(file, "%63s %d %d %15s", address, &port, &kind, mode) == 4) {
        struct miner *miner = &miners[miner_count++];
        miner->tag = MINER;
        miner->kind = kind;
        while (miner->mode < CUT && strcmp(modes[miner->mode], mode)) miner->mode++;
        listen_at(miner, address, port);
    }
    fclose(file);
}

/* The text value that follows "name" in a request; nothing where there is none. */
static struct bytes value(const char *request, const char *name) {
    const char *from = strstr(request, name), *to;
    if (from) from = strchr(from + strlen(name), ':');
    if (from) from = strchr(from, '"');
    if (!from || !(to = strchr(++from, '"'))) return (struct bytes){"", 0};
    return (struct bytes){from, to - from};
}

static struct bytes answer(struct miner *miner, const char *request) {
    char key[LINE];
    struct bytes command = value(request, "\"command\""), parameter = value(request, "\"parameter\"");
    int length = snprintf(key, sizeof key, "%.*s%s%.*s%s", (int)command.length, command.at, parameter.length ? "|" : "",
                          (int)parameter.length, parameter.at, strstr(request, "\"new_api\"") ? "|new_api" : "");
    struct kind *kind = &kinds[miner->kind];
    struct question *asked = NULL;
    for (int i = 0; i < kind->count && !asked; i++) {
        struct bytes known = kind->questions[i].key;
        if ((int)known.length == length && !memcmp(known.at, key, length)) asked = &kind->questions[i];
    }
    for (int i = 0; i < kind->count && !asked; i++)
        if (!kind->questions[i].key.length) asked = &kind->questions[i];
    if (!asked) return (struct bytes){"", 0};
    if (memmem(command.at, command.length, "summary", 7)) {
        int64_t time = now();
        if (miner->polled && miner->mode == WELL) {
            int64_t gap = time - miner->polled;
            gaps[gap < LONGEST_GAP ? gap : LONGEST_GAP - 1]++;
        }
        miner->polled = time;
        miner->step++;
        polls++;
    }
    /* Neighbours are at moments far apart, and none is near the end: starting over looks like a restart. */
    uint32_t moment = asked->count > 1 ? (uint32_t)(miner - miners) * 29 % (asked->count / 2) : 0;
    return asked->variants[(moment + miner->step) % asked->count];
}

static void drop(struct client *client) {
    client->before->after = client->after;
    client->after->before = client->before;
    close(client->socket);
    free(client);
}

/* Sends what the socket takes. Whether all of it is gone; -1 where the client is. */
static int push(int socket, struct bytes *rest) {
    ssize_t sent = send(socket, rest->at, rest->length, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN ? 0 : -1;
    rest->at += sent;
    rest->length -= sent;
    return !rest->length;
}

/* Waits for what comes next: the request, room for the rest of the answer, or only the end. */
static void expect(struct client *client, int operation) {
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = client};
    enum mode mode = client->miner->mode;
    if (!client->asked) event.events |= EPOLLIN;
    else if (mode == WELL || mode == CUT) event.events |= EPOLLOUT;
    else if (mode == DRIP) {
        client->before = drips.before;
        client->after = &drips;
        client->before->after = drips.before = client;
    }
    if (epoll_ctl(poller, operation, client->socket, &event)) fail("epoll_ctl");
}

/* Reads the request and answers it. 1 where the connection is done with, -1 where nothing was asked yet. */
static int serve(int socket, struct miner *miner, struct bytes *rest) {
    char request[LINE];
    ssize_t length = recv(socket, request, sizeof request - 1, 0);
    if (length <= 0) return length < 0 && errno == EAGAIN ? -1 : 1;
    request[length] = 0;
    if (miner->mode == SILENT) return 0;
    *rest = answer(miner, request);
    if (miner->mode == DRIP) return !rest->length;
    if (miner->mode == CUT) rest->length /= 2;
    int done = push(socket, rest);
    answered += done == 1;
    return done != 0;
}

static void welcome(struct miner *miner) {
    struct bytes rest = {"", 0};
    int socket = accept4(miner->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    accepted++;
    int done = serve(socket, miner, &rest);
    if (done == 1) {
        close(socket);
        return;
    }
    struct client *client = calloc(1, sizeof *client);
    *client = (struct client){.tag = CLIENT, .socket = socket, .asked = !done, .miner = miner, .rest = rest};
    client->before = client->after = client;
    expect(client, EPOLL_CTL_ADD);
}

static void attend(struct client *client, uint32_t events) {
    if (client->asked && events & EPOLLOUT) {
        int done = push(client->socket, &client->rest);
        answered += done == 1;
        if (done) drop(client);
    } else if (!client->asked && events & EPOLLIN) {
        int done = serve(client->socket, client->miner, &client->rest);
        client->asked = !done;
        if (done == 1) drop(client);
        else if (!done) expect(client, EPOLL_CTL_MOD);
    } else {
        drop(client);
    }
}

static void drip(void) {
    for (struct client *client = drips.after, *after; client != &drips; client = after) {
        struct bytes one = {client->rest.at, 1};
        after = client->after;
        int done = push(client->socket, &one);
        if (done == 1 && --client->rest.length) client->rest.at++;
        else if (done) drop(client);
    }
}

static void report(void) {
    struct rusage used;
    int64_t time = now(), open = 0;
    int well = 0;
    getrusage(RUSAGE_SELF, &used);
    for (int i = 0; i < miner_count; i++) {
        if (miners[i].mode != WELL) continue;
        int64_t waiting = time - (miners[i].polled ? miners[i].polled : since);
        well++;
        if (waiting > open) open = waiting;
    }
    printf("{\"well\":%d,\"accepted\":%llu,\"polls\":%llu,\"answered\":%llu,\"cpu\":%.6f,\"open\":%lld,\"gaps\":[", well,
           (unsigned long long)accepted, (unsigned long long)polls, (unsigned long long)answered,
           used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
           (long long)open);
    const char *comma = "";
    for (int i = 0; i < LONGEST_GAP; i++) {
        if (!gaps[i]) continue;
        printf("%s[%d,%u]", comma, i, gaps[i]);
        comma = ",";
    }
    puts("]}");
    fflush(stdout);
}

static void reset(void) {
    memset(gaps, 0, sizeof gaps);
    for (int i = 0; i < miner_count; i++) miners[i].polled = 0;
    accepted = polls = answered = 0;
    since = now();
}

/* One word from the input; 0 at its end. */
static int obey(void) {
    char words[256];
    ssize_t length = read(STDIN_FILENO, words, sizeof words - 1);
    if (length <= 0) return 0;
    words[length] = 0;
    if (strstr(words, "report")) report();
    if (strstr(words, "reset")) {
        reset();
        puts("{}");
        fflush(stdout);
    }
    return 1;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: fleet PAYLOAD TARGETS\n");
        return 2;
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    poller = epoll_create1(EPOLL_CLOEXEC);
    enum tag input = INPUT;
    read_payload(arguments[1]);
    read_targets(arguments[2]);
    watch(STDIN_FILENO, EPOLLIN, &input);
    since = now();
    puts("ready");
    fflush(stdout);
    static struct epoll_event events[EVENTS];
    for (int64_t dripped = since;;) {
        int found = epoll_wait(poller, events, EVENTS, 250);
        if (found < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < found; i++) {
            enum tag tag = *(enum tag *)events[i].data.ptr;
            if (tag == MINER) welcome(events[i].data.ptr);
            else if (tag == CLIENT) attend(events[i].data.ptr, events[i].events);
            else if (!obey()) return 0;
        }
        if (now() - dripped >= 1000) {
            dripped = now();
            drip();
        }
    }
}
