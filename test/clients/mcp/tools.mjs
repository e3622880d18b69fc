// A server made with the official SDK; every way in which a tool can answer. Alone (node tools.mjs) it speaks over stdio.
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

// One dot of red.
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

/** @param {{seen?: (event: string) => void}} [options] */
export function makeServer({ seen = () => {} } = {}) {
  const server = new McpServer({ name: 'tools', version: '1.0.0' }, { capabilities: { logging: {} } });
  server.registerTool(
    'echo',
    {
      title: 'Echo',
      description: 'Says what it is told',
      inputSchema: { text: z.string().optional(), nested: z.any().optional() },
      outputSchema: { said: z.any() },
      annotations: { readOnlyHint: true },
    },
    async (args) => ({ content: [{ type: 'text', text: JSON.stringify(args) }], structuredContent: { said: args } }),
  );
  server.registerTool('picture', { description: 'Gives an image' }, async () => ({
    content: [
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'resource_link', uri: 'note://1', name: 'a note' },
    ],
  }));
  server.registerTool('fail', { description: 'Fails' }, async () => ({ isError: true, content: [{ type: 'text', text: 'it did not work' }] }));
  server.registerTool('env', { description: 'The environment' }, async () => ({ content: [{ type: 'text', text: JSON.stringify(process.env) }] }));
  server.registerTool('pid', { description: 'The process' }, async () => ({ content: [{ type: 'text', text: `${process.pid}` }] }));
  server.registerTool('steps', { description: 'Works in steps', inputSchema: { steps: z.number() } }, async ({ steps }, { sendNotification, _meta }) => {
    for (let step = 1; step <= steps; step++) {
      if (_meta?.progressToken !== undefined) {
        await sendNotification({ method: 'notifications/progress', params: { progressToken: _meta.progressToken, progress: step, total: steps, message: `step ${step}` } });
      }
      await sendNotification({ method: 'notifications/message', params: { level: step % 2 ? 'debug' : 'warning', data: `line ${step}` } });
    }
    return { content: [{ type: 'text', text: 'done' }] };
  });
  server.registerTool('wait', { description: 'Waits until it is cancelled' }, async ({ signal }) => {
    seen('waiting');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    seen('cancelled');
    return { content: [] };
  });
  server.registerTool('ask', { description: 'Asks the client for a sample' }, async ({ sendRequest }) => {
    try {
      await sendRequest({ method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } }, z.any());
      return { content: [{ type: 'text', text: 'sampled' }] };
    } catch (error) {
      return { content: [{ type: 'text', text: `refused: ${error.message}` }] };
    }
  });
  server.registerTool('odd.name/with a blank', { description: 'Has a name that no model takes' }, async () => ({ content: [{ type: 'text', text: 'odd' }] }));
  server.registerPrompt('greet', { description: 'Greets', argsSchema: { who: z.string() } }, ({ who }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Greet ${who}` } }],
  }));
  server.registerResource('note', 'note://1', { mimeType: 'text/plain' }, async (uri) => ({ contents: [{ uri: uri.href, text: 'a note' }] }));
  server.registerResource('page', new ResourceTemplate('page://{number}', { list: undefined }), {}, async (uri, { number }) => ({
    contents: [{ uri: uri.href, text: `page ${number}` }],
  }));
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await makeServer().connect(new StdioServerTransport());
}
