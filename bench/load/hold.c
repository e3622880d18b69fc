/*
 * Holds many event streams at once and counts the ones that break.
 *
 * hold PORT STREAMS EVENTS SECONDS KEY      opens STREAMS connections, asks for bench-hold on each, expects EVENTS data
 *                                           lines with [DONE] as the last, and gives up SECONDS after the last was opened.
 * Prints one line of counts; ends with 0 when no stream broke.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum part { HEAD, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, PLAIN, LAST_CHUNK };
enum why { REFUSED, BAD_STATUS, CUT, LOST_EVENTS, TOO_LATE, REASONS };
static const char *REASON[REASONS] = { "not connected", "not status 200", "cut before the end", "events lost", "not ended in time" };

struct stream {
    int fd, open;
    enum part part;
    char head[4096];
    int head_len;
    unsigned long chunk;
    char line[16];      /* the beginning of the current line of the body */
    int line_len, events, done;
};

static int streams, opened, ended, broken[REASONS];
static int expected;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void finish(struct stream *s) {
    close(s->fd);
    s->open = 0;
    ended++;
}

static void fail(struct stream *s, enum why why) {
    broken[why]++;
    finish(s);
}

static void body_byte(struct stream *s, char b) {
    if (b == '\n') {
        if (s->line_len >= 5 && !memcmp(s->line, "data:", 5)) s->events++;
        if (s->line_len >= 12 && !memcmp(s->line, "data: [DONE]", 12)) s->done = 1;
        s->line_len = 0;
    } else if (s->line_len < (int)sizeof s->line) {
        s->line[s->line_len++] = b;
    }
}

/* False when the stream is over. */
static int take(struct stream *s, const char *bytes, ssize_t n) {
    for (ssize_t i = 0; i < n; i++) {
        char b = bytes[i];
        switch (s->part) {
        case HEAD:
            if (s->head_len < (int)sizeof s->head - 1) s->head[s->head_len++] = b;
            if (s->head_len >= 4 && !memcmp(s->head + s->head_len - 4, "\r\n\r\n", 4)) {
                s->head[s->head_len] = 0;
                if (strncmp(s->head + 8, " 200", 4)) { fail(s, BAD_STATUS); return 0; }
                s->part = strcasestr(s->head, "transfer-encoding: chunked") ? CHUNK_SIZE : PLAIN;
            }
            break;
        case CHUNK_SIZE:
            if (b == '\n') s->part = s->chunk ? CHUNK_DATA : LAST_CHUNK;
            else if (b >= '0' && b <= '9') s->chunk = s->chunk * 16 + (unsigned long)(b - '0');
            else if ((b | 32) >= 'a' && (b | 32) <= 'f') s->chunk = s->chunk * 16 + (unsigned long)((b | 32) - 'a' + 10);
            break;
        case CHUNK_DATA:
            body_byte(s, b);
            if (--s->chunk == 0) s->part = CHUNK_END;
            break;
        case CHUNK_END:
            if (b == '\n') s->part = CHUNK_SIZE;
            break;
        case PLAIN:
            body_byte(s, b);
            break;
        case LAST_CHUNK:
            break;
        }
    }
    if (s->part == LAST_CHUNK) {
        if (s->done && s->events == expected) finish(s);
        else fail(s, s->done ? LOST_EVENTS : CUT);
        return 0;
    }
    return 1;
}

static void closed(struct stream *s) {
    if (s->part == PLAIN && s->done && s->events == expected) finish(s);
    else fail(s, CUT);
}

int main(int argc, char **argv) {
    if (argc != 6) { fprintf(stderr, "hold PORT STREAMS EVENTS SECONDS KEY\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    int port = atoi(argv[1]);
    streams = atoi(argv[2]);
    expected = atoi(argv[3]);
    double patience = atof(argv[4]);
    char request[1024];
    static const char body[] = "{\"model\":\"bench-hold\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
        "\"messages\":[{\"role\":\"user\",\"content\":\"Hold on.\"}]}";
    int request_len = snprintf(request, sizeof request,
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", port, argv[5], sizeof body - 1, body);

    struct stream *all = calloc((size_t)streams, sizeof *all);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event ready[512];
    int epoll_fd = epoll_create1(0), most = 0;
    double begin = now(), last_open = begin, report = begin + 30;
    while (ended < streams) {
        /* A thousand a second: the question is how many are held, not how fast they are opened. */
        while (opened < streams && now() - begin > opened / 1000.0) {
            struct stream *s = &all[opened++];
            last_open = now();
            s->fd = socket(AF_INET, SOCK_STREAM, 0);
            s->open = 1;
            if (s->fd < 0 || connect(s->fd, (void *)&address, sizeof address) || send(s->fd, request, (size_t)request_len, 0) != request_len) {
                fail(s, REFUSED);
                continue;
            }
            struct epoll_event e = { .events = EPOLLIN, .data.ptr = s };
            epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &e);
        }
        if (opened - ended > most) most = opened - ended;
        int n = epoll_wait(epoll_fd, ready, 512, opened < streams ? 1 : 100);
        for (int i = 0; i < n; i++) {
            struct stream *s = ready[i].data.ptr;
            char bytes[16384];
            ssize_t got = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);
            if (got > 0) take(s, bytes, got);
            else if (got == 0 || (errno != EAGAIN && errno != EINTR)) closed(s);
        }
        if (now() > report) {
            fprintf(stderr, "%.0f s: %d open, %d ended\n", now() - begin, opened - ended, ended);
            report += 30;
        }
        if (opened == streams && now() - last_open > patience)
            for (int i = 0; i < streams; i++) if (all[i].open) fail(&all[i], TOO_LATE);
    }

    long total = 0;
    for (int i = 0; i < REASONS; i++) total += broken[i];
    printf("%d streams, %d at once, %.0f s, %ld broken", streams, most, now() - begin, total);
    for (int i = 0; i < REASONS; i++) if (broken[i]) printf("; %s: %d", REASON[i], broken[i]);
    printf("\n");
    return total != 0;
}
