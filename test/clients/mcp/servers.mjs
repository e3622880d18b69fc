// Servers on loopback: streamable HTTP with sessions, its predecessor, and the revision without sessions.
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { z } from 'zod';
import { makeServer } from './tools.mjs';

async function listen(handle) {
  const http = createServer((request, response) => handle(request, response).catch((error) => response.destroy(error)));
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  return { url: `http://127.0.0.1:${http.address().port}`, stop };
}

/** Streamable HTTP. The answer's `headers` are those of the last POST, `events` what tools have seen, `sessions` the open ones. */
export async function streamable() {
  const sessions = new Map();
  const events = [];
  const state = { headers: {}, events, sessions };
  const handle = async (request, response) => {
    if (request.method === 'POST') state.headers = request.headers;
    let session = sessions.get(request.headers['mcp-session-id']);
    if (!session) {
      if (request.headers['mcp-session-id']) return void response.writeHead(404).end();
      const server = makeServer({ seen: (event) => events.push(event) });
      const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => sessions.set(id, session),
        onsessionclosed: (id) => sessions.delete(id),
      });
      session = { server, transport };
      await server.connect(transport);
    }
    await session.transport.handleRequest(request, response);
  };
  return Object.assign(state, await listen(handle));
}

/** HTTP with an event stream (2024-11-05). */
export async function eventStream() {
  const transports = new Map();
  return listen(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      transports.set(transport.sessionId, transport);
      await makeServer().connect(transport);
    } else {
      await transports.get(url.searchParams.get('sessionId')).handlePostMessage(request, response);
    }
  });
}

/** The revision 2026-07-28 and no other. One argument must be repeated as a header. */
export async function sessionless() {
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'sessionless', version: '1.0.0' });
      const inputSchema = z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }), count: z.number() });
      server.registerTool('order', { description: 'Orders', inputSchema }, async (args) => ({ content: [{ type: 'text', text: JSON.stringify(args) }] }));
      return server;
    },
    { legacy: 'reject' },
  );
  return listen(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== 'connection'));
    const answer = await handler.fetch(new Request(`http://127.0.0.1${request.url}`, { method: request.method, headers, body: chunks.length ? Buffer.concat(chunks) : undefined }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body) for await (const part of answer.body) response.write(part);
    response.end();
  });
}
