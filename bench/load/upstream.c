/*
 * A loopback model vendor for load measurements on HTTP/1.1, one thread, epoll. The path chooses the dialect: OpenAI Chat,
 * Responses (/responses), Anthropic Messages (/messages) or Gemini (generateContent). The model name in the path or the
 * request body chooses the answer:
 *   bench-json    1 KB of JSON          bench-prompt  2 KB of JSON
 *   bench-stream  200 events, one send() each, as fast as the socket takes them
 *   bench-hold    EVENTS events, GAP_MS apart: a slow stream
 *
 * upstream [EVENTS GAP_MS]      listens on a free port of 127.0.0.1 and prints it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IN_START = 4 * 1024, IN_MAX = 1024 * 1024, FAST_EVENTS = 200, LONGEST_EVENT = 2560, EVENT_ROOM = LONGEST_EVENT + 32 };
enum dialect { CHAT, RESPONSES, MESSAGES, GEMINI, DIALECTS };

struct conn {
    int fd;
    char *in;            /* request bytes not yet answered */
    size_t in_len, in_cap;
    char out[4096];      /* bytes that the socket did not take yet */
    size_t out_off, out_len;
    enum dialect dialect;   /* of the stream in progress */
    int next_event, events; /* a stream in progress while next_event < events */
    int slow;            /* paced by the clock, not by the socket */
    int waits_for_room;
    long long due;       /* slow streams: when the next event is sent */
    struct conn *prev, *next; /* slow streams, in the order of their due times */
};

static int epoll_fd, hold_events = 20, hold_gap_ms = 1000;
static struct conn *slow_first, *slow_last;
static char json_small[DIALECTS][4096], json_large[DIALECTS][8192];
static size_t json_small_len[DIALECTS], json_large_len[DIALECTS];

static const char STREAM_HEAD[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
    "x-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n";

static long long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static size_t make_json(char *out, enum dialect dialect, int text) {
    static const char *shapes[DIALECTS] = {
        "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"bench\",\"choices\":"
        "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\",\"refusal\":null},\"logprobs\":null,"
        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":40,\"total_tokens\":160,"
        "\"prompt_tokens_details\":{\"cached_tokens\":20},\"completion_tokens_details\":{\"reasoning_tokens\":0}}}",
        "{\"id\":\"resp_bench\",\"object\":\"response\",\"created_at\":1700000000,\"status\":\"completed\",\"error\":null,"
        "\"incomplete_details\":null,\"model\":\"bench\",\"output\":[{\"id\":\"msg_bench\",\"type\":\"message\",\"status\":\"completed\","
        "\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"%s\",\"annotations\":[]}]}],\"parallel_tool_calls\":true,"
        "\"tool_choice\":\"auto\",\"tools\":[],\"usage\":{\"input_tokens\":120,\"input_tokens_details\":{\"cached_tokens\":20},"
        "\"output_tokens\":40,\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":160}}",
        "{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench\",\"content\":[{\"type\":\"text\",\"text\":\"%s\"}],"
        "\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":100,\"cache_creation_input_tokens\":0,"
        "\"cache_read_input_tokens\":20,\"output_tokens\":40}}",
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"%s\"}],\"role\":\"model\"},\"finishReason\":\"STOP\",\"index\":0}],"
        "\"usageMetadata\":{\"promptTokenCount\":120,\"candidatesTokenCount\":40,\"totalTokenCount\":160,\"cachedContentTokenCount\":20},"
        "\"modelVersion\":\"bench\",\"responseId\":\"bench\"}",
    };
    char content[4096], body[6144];
    for (int i = 0; i < text; i++) content[i] = "a few words of an answer "[i % 25];
    content[text] = 0;
    int body_len = snprintf(body, sizeof body, shapes[dialect], content);
    return (size_t)sprintf(out,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\nContent-Length: %d\r\n\r\n%s",
        body_len, body);
}

static int chat_event(char *event, int index, int events) {
    if (index == events - 1) return sprintf(event, "data: [DONE]\n\n");
    if (index == events - 2)
        return sprintf(event, "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
            "\"model\":\"bench\",\"choices\":[],\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":198,\"total_tokens\":318}}\n\n");
    return sprintf(event, "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
        "\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":%s}]}\n\n",
        index == events - 3 ? "\"stop\"" : "null");
}

/* So many words. */
static const char *words(int count) {
    static char text[FAST_EVENTS * 5 + 1];
    for (int i = 0; i < count; i++) memcpy(text + i * 5, "word ", 5);
    text[count * 5] = 0;
    return text;
}

static int responses_event(char *event, int index, int events) {
    const char *type, *whole = index >= events - 4 ? words(events - 7) : "";
    char members[LONGEST_EVENT - 128], part[LONGEST_EVENT - 1280];
    const char *place = "\"item_id\":\"msg_bench\",\"output_index\":0,\"content_index\":0";
    snprintf(part, sizeof part, "{\"type\":\"output_text\",\"text\":\"%s\",\"annotations\":[]}", whole);
    if (index == 0 || index == events - 1) {
        int ends = index > 0;
        type = ends ? "response.completed" : "response.created";
        snprintf(members, sizeof members, "\"response\":{\"id\":\"resp_bench\",\"object\":\"response\",\"created_at\":1700000000,\"status\":\"%s\","
            "\"error\":null,\"model\":\"bench\",\"output\":[%s%s%s],\"usage\":%s}", ends ? "completed" : "in_progress",
            ends ? "{\"id\":\"msg_bench\",\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[" : "", ends ? part : "", ends ? "]}" : "",
            ends ? "{\"input_tokens\":120,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":198,\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":318}" : "null");
    } else if (index == 1 || index == events - 2) {
        int ends = index > 1;
        type = ends ? "response.output_item.done" : "response.output_item.added";
        snprintf(members, sizeof members, "\"output_index\":0,\"item\":{\"id\":\"msg_bench\",\"type\":\"message\",\"status\":\"%s\",\"role\":\"assistant\",\"content\":[%s]}",
            ends ? "completed" : "in_progress", ends ? part : "");
    } else if (index == 2 || index == events - 3) {
        type = index > 2 ? "response.content_part.done" : "response.content_part.added";
        snprintf(members, sizeof members, "%s,\"part\":%s", place, part);
    } else if (index == events - 4) {
        type = "response.output_text.done";
        snprintf(members, sizeof members, "%s,\"text\":\"%s\",\"logprobs\":[]", place, whole);
    } else {
        type = "response.output_text.delta";
        snprintf(members, sizeof members, "%s,\"delta\":\"word \",\"logprobs\":[]", place);
    }
    return snprintf(event, LONGEST_EVENT, "event: %s\ndata: {\"type\":\"%s\",\"sequence_number\":%d,%s}\n\n", type, type, index, members);
}

static int messages_event(char *event, int index, int events) {
    const char *type, *members;
    if (index == 0) {
        type = "message_start";
        members = ",\"message\":{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench\",\"content\":[],\"stop_reason\":null,"
            "\"stop_sequence\":null,\"usage\":{\"input_tokens\":120,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":1}}";
    } else if (index == 1) {
        type = "content_block_start";
        members = ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}";
    } else if (index == events - 3) {
        type = "content_block_stop";
        members = ",\"index\":0";
    } else if (index == events - 2) {
        type = "message_delta";
        members = ",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":198}";
    } else if (index == events - 1) {
        type = "message_stop";
        members = "";
    } else {
        type = "content_block_delta";
        members = ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"word \"}";
    }
    return sprintf(event, "event: %s\ndata: {\"type\":\"%s\"%s}\n\n", type, type, members);
}

static int gemini_event(char *event, int index, int events) {
    return sprintf(event, "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"word \"}],\"role\": \"model\"}%s,\"index\": 0}],"
        "\"usageMetadata\": {\"promptTokenCount\": 120,\"candidatesTokenCount\": %d,\"totalTokenCount\": %d},"
        "\"modelVersion\": \"bench\",\"responseId\": \"bench\"}\r\n\r\n", index == events - 1 ? ",\"finishReason\": \"STOP\"" : "", index + 1, index + 121);
}

/* One server-sent event as one HTTP chunk. */
static size_t make_event(char *out, enum dialect dialect, int index, int events) {
    static int (*const makers[DIALECTS])(char *, int, int) = { chat_event, responses_event, messages_event, gemini_event };
    char event[LONGEST_EVENT];
    int len = makers[dialect](event, index, events);
    return (size_t)sprintf(out, "%x\r\n%s\r\n%s", len, event, index == events - 1 ? "0\r\n\r\n" : "");
}

static void slow_remove(struct conn *c) {
    if (c->prev) c->prev->next = c->next; else slow_first = c->next;
    if (c->next) c->next->prev = c->prev; else slow_last = c->prev;
    c->prev = c->next = NULL;
    c->slow = 0;
}

/* All gaps are equal, so a stream that was served last is due last: the list stays sorted. */
static void slow_append(struct conn *c) {
    c->slow = 1;
    c->prev = slow_last;
    c->next = NULL;
    if (slow_last) slow_last->next = c; else slow_first = c;
    slow_last = c;
}

static void drop(struct conn *c) {
    if (c->slow) slow_remove(c);
    close(c->fd);
    free(c->in);
    free(c);
}

static void want_room(struct conn *c, int on) {
    if (c->waits_for_room == on) return;
    c->waits_for_room = on;
    struct epoll_event e = { .events = EPOLLIN | (on ? EPOLLOUT : 0), .data.ptr = c };
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

/* 0 when all is sent, 1 when the socket is full, -1 when it is broken. */
static int flush_out(struct conn *c) {
    while (c->out_off < c->out_len) {
        ssize_t n = send(c->fd, c->out + c->out_off, c->out_len - c->out_off, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno != EAGAIN) return -1;
            want_room(c, 1);
            return 1;
        }
        c->out_off += (size_t)n;
    }
    c->out_off = c->out_len = 0;
    want_room(c, 0);
    return 0;
}

static int put(struct conn *c, const char *bytes, size_t len) {
    memcpy(c->out + c->out_len, bytes, len);
    c->out_len += len;
    return flush_out(c);
}

static int send_fast_events(struct conn *c) {
    int state = flush_out(c);
    while (state == 0 && c->next_event < c->events) {
        char event[EVENT_ROOM];
        size_t len = make_event(event, c->dialect, c->next_event++, c->events);
        state = put(c, event, len);
    }
    return state;
}

/* The length of the first whole request in the buffer, 0 when more bytes are needed. */
static size_t whole_request(const struct conn *c, const char **body, size_t *body_len) {
    char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - c->in) + 4;
    size_t length = 0;
    int chunked = 0;
    for (char *line = c->in; line < end; line = (char *)memchr(line, '\n', (size_t)(end + 2 - line)) + 1) {
        if (!strncasecmp(line, "content-length:", 15)) length = strtoul(line + 15, NULL, 10);
        else if (!strncasecmp(line, "transfer-encoding:", 18)) chunked = 1;
    }
    if (chunked) {
        char *last = memmem(c->in + head - 2, c->in_len - head + 2, "\r\n0\r\n\r\n", 7);
        if (!last) return 0;
        length = (size_t)(last + 7 - c->in) - head;
    }
    if (head + length > c->in_len) return 0;
    *body = c->in + head;
    *body_len = length;
    return head + length;
}

/* Answers the requests that are whole; -1 when the connection is broken. */
static int answer(struct conn *c) {
    const char *body;
    size_t body_len, request;
    while (c->next_event >= c->events && c->out_len == 0 && (request = whole_request(c, &body, &body_len)) > 0) {
        size_t line = (size_t)((char *)memchr(c->in, '\n', request) - c->in);
        const char *model = memmem(c->in, line, "bench-", 6);
        if (!model) model = memmem(body, body_len, "\"bench-", 7);
        const char *kind = model ? strchr(model, '-') + 1 : "json";
        enum dialect dialect = memmem(c->in, line, "enerateContent", 14) ? GEMINI : memmem(c->in, line, "/responses", 10) ? RESPONSES
            : memmem(c->in, line, "/messages", 9) ? MESSAGES : CHAT;
        int state;
        if (!strncmp(kind, "stream", 6) || !strncmp(kind, "hold", 4)) {
            int slow = kind[0] == 'h';
            c->dialect = dialect;
            c->next_event = 0;
            c->events = slow ? hold_events : FAST_EVENTS;
            state = put(c, STREAM_HEAD, sizeof STREAM_HEAD - 1);
            if (slow) { c->due = now_ms() + hold_gap_ms; slow_append(c); }
            else if (state == 0) state = send_fast_events(c);
        } else if (!strncmp(kind, "prompt", 6)) {
            state = put(c, json_large[dialect], json_large_len[dialect]);
        } else {
            state = put(c, json_small[dialect], json_small_len[dialect]);
        }
        if (state < 0) return -1;
        memmove(c->in, c->in + request, c->in_len - request);
        c->in_len -= request;
    }
    return 0;
}

static int read_in(struct conn *c) {
    for (;;) {
        if (c->in_len == c->in_cap) {
            if (c->in_cap >= IN_MAX) return -1;
            c->in_cap *= 2;
            c->in = realloc(c->in, c->in_cap);
        }
        ssize_t n = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
        if (n == 0) return -1;
        if (n < 0) return errno == EAGAIN ? 0 : -1;
        c->in_len += (size_t)n;
    }
}

static void send_due_events(void) {
    long long now = now_ms();
    while (slow_first && slow_first->due <= now) {
        struct conn *c = slow_first;
        char event[EVENT_ROOM];
        size_t len = make_event(event, c->dialect, c->next_event++, c->events);
        slow_remove(c);
        /* A reader that is so slow that four kilobytes of events wait is cut. */
        if (c->out_len + len > sizeof c->out || put(c, event, len) < 0) { drop(c); continue; }
        if (c->next_event < c->events) { c->due += hold_gap_ms; slow_append(c); }
        else if (answer(c) < 0) drop(c);
    }
}

static void accept_all(int listener) {
    for (;;) {
        int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0) return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct conn *c = calloc(1, sizeof *c);
        c->fd = fd;
        c->in_cap = IN_START;
        c->in = malloc(c->in_cap);
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
    }
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc > 2) { hold_events = atoi(argv[1]); hold_gap_ms = atoi(argv[2]); }
    for (enum dialect d = 0; d < DIALECTS; d++) {
        json_small_len[d] = make_json(json_small[d], d, 500);
        json_large_len[d] = make_json(json_large[d], d, 1550);
    }

    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&address, size) || listen(listener, 4096)) { perror("upstream"); return 1; }
    getsockname(listener, (void *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    epoll_fd = epoll_create1(0);
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = NULL }, ready[256];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        long long wait = slow_first ? slow_first->due - now_ms() : 1000;
        int n = epoll_wait(epoll_fd, ready, 256, wait < 0 ? 0 : (int)wait);
        for (int i = 0; i < n; i++) {
            struct conn *c = ready[i].data.ptr;
            if (!c) { accept_all(listener); continue; }
            int broken = 0;
            if (ready[i].events & EPOLLOUT) broken = (c->slow ? flush_out(c) : send_fast_events(c)) < 0;
            if (!broken && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) broken = read_in(c) < 0;
            if (broken || answer(c) < 0) drop(c);
        }
        send_due_events();
    }
}
