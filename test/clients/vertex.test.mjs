import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe } from 'node:test';
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import { Gaxios } from 'gaxios';
import { GoogleAuth, JWT, OAuth2Client, UserRefreshClient } from 'google-auth-library';
import { connect, it, simulate } from './gateway.mjs';

const PROJECT = 'any-project';
const LOCATION = 'us-central1';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** The library knows Google's addresses alone; this puts the gateway before them, as a proxy or a hosts file would. */
function transporterTo(url) {
  const transporter = new Gaxios();
  transporter.interceptors.request.add({
    resolved: async (options) => {
      const wanted = new URL(options.url);
      return wanted.hostname.endsWith('googleapis.com') || wanted.hostname === 'accounts.google.com'
        ? { ...options, url: new URL(`${url}/${wanted.hostname}${wanted.pathname}${wanted.search}`) }
        : options;
    },
  });
  return transporter;
}

/** A key file as Google writes it, one that no private key but this run's fits. */
function keyFile(tokenUri) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  return { type: 'service_account', project_id: 'simulated-project', private_key_id: 'k', private_key: privateKey, client_email: 'a@simulated-project.iam.gserviceaccount.com', token_uri: tokenUri };
}

describe('virtual service accounts', () => {
  let gateway;
  let account;
  let transporter;
  let google;
  const admin = (path, body) => fetch(`${gateway.url}/api/admin/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  before(async () => {
    gateway = await connect();
    if (!gateway.adminKey) return;
    // Google is the simulator, behind a service account of a project there.
    google = await simulate();
    await created('providers', { name: 'vx', type: 'vertex', base_url: google.url, location: LOCATION });
    await created('credentials', { provider: 'vx', name: 'sa', api_key: JSON.stringify(keyFile(`${google.url}/token`)) });
    account = await created('virtual-service-accounts', { name: 'clients' });
    transporter = transporterTo(gateway.url);
  });
  after(async () => {
    await gateway?.stop();
    await google?.stop();
  });
  const created = async (path, body) => {
    const reply = await admin(path, body);
    assert.equal(reply.status, 201, await reply.clone().text());
    return reply.json();
  };
  const itWithAccount = (name, run) => it(name, async (t) => (account ? run(t) : t.skip('SLUICE_ADMIN_KEY is not set')));
  const auth = () => ({ credentials: account.key_file, scopes: SCOPE, clientOptions: { transporter } });
  const vertex = () => new GoogleGenAI({ vertexai: true, project: PROJECT, location: LOCATION, googleAuthOptions: auth(), httpOptions: { baseUrl: gateway.url } });

  describe('google-auth-library', () => {
    itWithAccount('exchanges the key file for an access token', async () => {
      const client = await new GoogleAuth(auth()).getClient();
      const { token } = await client.getAccessToken();
      assert.match(token, /^ya29\./);
      assert.ok(client.credentials.expiry_date > Date.now() + 3_000_000);
    });

    itWithAccount('gets an identity token and verifies it with the certificates', async () => {
      const client = new JWT({ email: account.key_file.client_email, key: account.key_file.private_key, transporter });
      const idToken = await client.fetchIdToken('https://service.example.org');
      const ticket = await new OAuth2Client({ transporter }).verifyIdToken({ idToken, audience: 'https://service.example.org' });
      assert.equal(ticket.getPayload().email, account.key_file.client_email);
    });

    itWithAccount('refreshes as an authorized user', async () => {
      const { code } = await created(`virtual-service-accounts/${account.id}/authorization-codes`, { redirect_uri: 'http://localhost:1' });
      const user = new OAuth2Client({ clientId: account.client_id, clientSecret: account.client_secret, redirectUri: 'http://localhost:1', transporter });
      const { tokens } = await user.getToken(code);
      const refreshing = new UserRefreshClient({ clientId: account.client_id, clientSecret: account.client_secret, refreshToken: tokens.refresh_token, transporter });
      assert.match((await refreshing.getAccessToken()).token, /^ya29\./);
    });

    itWithAccount('is told invalid_grant for a key that is not the account\'s', async () => {
      const other = await created('virtual-service-accounts', { name: 'other' });
      const client = new JWT({ email: account.key_file.client_email, key: other.key_file.private_key, scopes: [SCOPE], transporter });
      await assert.rejects(client.getAccessToken(), /invalid_grant/);
    });
  });

  describe('@google/genai in Vertex mode', () => {
    itWithAccount('answers with text and usage', async () => {
      const answer = await vertex().models.generateContent({ model: 'sim-small', contents: 'say hello' });
      assert.ok(answer.text.length > 0);
      assert.ok(answer.usageMetadata.promptTokenCount > 0);
    });

    itWithAccount('streams the same text', async () => {
      const body = { model: 'sim-small', contents: 'say hello' };
      const whole = await vertex().models.generateContent(body);
      let text = '';
      for await (const chunk of await vertex().models.generateContentStream(body)) text += chunk.text ?? '';
      assert.equal(text, whole.text);
    });

    itWithAccount('counts tokens and embeds', async () => {
      assert.ok((await vertex().models.countTokens({ model: 'sim-small', contents: 'say hello' })).totalTokens > 0);
      const embedded = await vertex().models.embedContent({ model: 'vx/text-embedding-005', contents: 'one' });
      assert.equal(embedded.embeddings[0].values.length, 768);
    });

    itWithAccount('makes a film as a long-running operation', async () => {
      let operation = await vertex().models.generateVideos({ model: 'vx/veo-3.1-generate-001', prompt: 'a film' });
      assert.match(operation.name, /^projects\/simulated-project\//);
      operation = await vertex().operations.getVideosOperation({ operation });
      assert.equal(operation.done, true);
      assert.match(operation.response.generatedVideos[0].video.uri, /^gs:/);
    });

    itWithAccount('an unknown model is NOT_FOUND', async () => {
      const error = await vertex().models.generateContent({ model: 'no-such-model', contents: 'x' }).catch((e) => e);
      assert.ok(error instanceof ApiError, String(error));
      assert.equal(error.status, 404);
    });
  });

  describe('@anthropic-ai/vertex-sdk', () => {
    const claude = () => new AnthropicVertex({ baseURL: `${gateway.url}/v1`, region: LOCATION, projectId: PROJECT, googleAuth: new GoogleAuth(auth()), maxRetries: 0 });
    // By the simulator as Anthropic, by the simulator as Vertex AI behind a service account, and by translation to Gemini there.
    for (const model of ['sim-small', 'vx/claude-test@20250929', 'vx/gemini-test']) {
      itWithAccount(`answers and streams: ${model}`, async () => {
        const body = { model, max_tokens: 64, messages: [{ role: 'user', content: 'say hello' }] };
        const answer = await claude().messages.create(body);
        assert.ok(answer.content[0].text.length > 0);
        let text = '';
        for await (const event of await claude().messages.create({ ...body, stream: true })) {
          if (event.type === 'content_block_delta') text += event.delta.text ?? '';
        }
        assert.equal(text, answer.content[0].text);
      });
    }

    itWithAccount('counts tokens', async () => {
      const counted = await claude().messages.countTokens({ model: 'vx/claude-test@20250929', messages: [{ role: 'user', content: 'say hello' }] });
      assert.ok(counted.input_tokens > 0);
    });
  });
});
