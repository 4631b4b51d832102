// `@alicloud/fc2`, the SDK of FC 2 for Node.js.
//
// usage: node node_cases.js URL PACKAGES ID SECRET FIFO
// prints a line of JSON for each case: its name, its fault
'use strict';

const assert = require('assert');
const fs = require('fs');
const path = require('path');

const [url, packages, accessKeyID, accessKeySecret, fifo] = process.argv.slice(2);
const Client = require(path.join(packages, 'node_modules', '@alicloud', 'fc2'));

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const client = new Client('1234567890', {
  accessKeyID, accessKeySecret, region: 'cn-hangzhou', endpoint: url,
});

function invoke(name, event, headers, qualifier) {
  return client.invokeFunction('parcels', name, event, headers, qualifier, { rawBuf: true });
}

const cases = {
  async handsBytesBothWays() {
    const answer = await invoke('echo', EVERY_BYTE);
    assert.deepStrictEqual(answer.data, EVERY_BYTE);
    assert.match(answer.headers['x-fc-request-id'], /^1-/);
  },

  async handsTextBothWays() {
    const answer = await client.invokeFunction('parcels', 'echo', 'caf\u00e9');
    assert.strictEqual(answer.data, 'caf\u00e9');
  },

  async invokesWithoutAnEvent() {
    assert.strictEqual((await client.invokeFunction('parcels', 'echo')).data, '');
  },

  async handsALargeEventBothWays() {
    const event = Buffer.alloc(5 * 1024 * 1024, EVERY_BYTE);
    assert.ok((await invoke('echo', event)).data.equals(event));
  },

  async getsTheEndOfTheLog() {
    const { headers } = await invoke('echo', '12345', { 'x-fc-log-type': 'Tail' });
    const log = Buffer.from(headers['x-fc-log-result'], 'base64').toString();
    assert.ok(log.includes('echo of 5 bytes\n'), log);
    assert.ok(log.endsWith(`FC Invoke End RequestId: ${headers['x-fc-request-id']}\n`), log);
  },

  async getsAFunctionsError() {
    const { headers, data } = await invoke('fails', 'apples');
    assert.strictEqual(headers['x-fc-error-type'], 'UnhandledInvocationError');
    assert.strictEqual(data.errorType, 'ValueError');
    assert.strictEqual(data.errorMessage, 'no apples');
  },

  async throwsWhatThePlatformRefuses() {
    await assert.rejects(invoke('nix', 'x'), (error) => {
      assert.strictEqual(error.name, 'FCFunctionNotFoundError');
      assert.strictEqual(error.code, 'FunctionNotFound');
      assert.match(error.message, /failed with 404. requestid: 1-\S+, message: .*nix/);
      return true;
    });
    await assert.rejects(client.invokeFunction('nix', 'echo', 'x'), { code: 'ServiceNotFound' });
  },

  async throwsWhenAnEventIsTooLarge() {
    await assert.rejects(invoke('echo', Buffer.alloc(33 * 1024 * 1024)), { code: 'EntityTooLarge' });
  },

  async handsTheQualifierOn() {
    const { data } = await invoke('about', null, {}, 'prod');
    assert.strictEqual(JSON.parse(data).qualifier, 'prod');
  },

  async callsAnHttpTrigger() {
    const answer = await client.post('/proxy/parcels/web/a/b', EVERY_BYTE, { 'x-own': '1' },
      { x: '1', y: '\u00e9' }, { rawBuf: true });
    assert.deepStrictEqual(answer.data, Buffer.from(EVERY_BYTE).reverse());
    assert.strictEqual(answer.headers['x-path'], '/a/b');
    assert.strictEqual(answer.headers['x-query'], 'x=1&y=%C3%A9');
    assert.strictEqual((await client.get('/proxy/parcels/web/', { x: '1' })).data, 'nothing');
  },

  async callsAnHttpTriggerThatWantsASignature() {
    const answer = await client.post('/proxy/parcels/guarded/a', '123', { 'x-fc-own': '1' },
      { y: '2', x: ['b', 'a'] });
    assert.strictEqual(answer.data, '321');
  },

  async invokesWithoutWaiting() {
    const { headers, data } = await invoke('passes_on', fifo, { 'x-fc-invocation-type': 'Async' });
    assert.strictEqual(data.length, 0);
    assert.strictEqual(fs.readFileSync(fifo, 'utf8'), `passes_on ${headers['x-fc-request-id']}\n`);
  },

  async throwsAFailureBehindAnHttpTrigger() {
    await assert.rejects(client.post('/proxy/parcels/web/boom', 'x'), /failed with 502.*asked to fail/);
  },
};

async function main() {
  for (const [name, run] of Object.entries(cases)) {
    let fault = '';
    try {
      await run();
    } catch (error) {
      fault = error.stack || String(error);
    }
    console.log(JSON.stringify({ name, fault }));
  }
}

main();
