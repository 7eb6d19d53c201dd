/** A server in a thread of its own, since the tests' thread waits for shells: it tells its port, and keeps what is PUT below /store/. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const stored = new Map();

const basic = `Basic ${Buffer.from('user:pass word').toString('base64')}`;

const readAll = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

const answers = {
  '/json': () => ({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: '{"a": [1, "ü"]}',
  }),
  '/latin1': () => ({
    headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
    body: Buffer.from([0xfc]),
  }),
  '/404': () => ({ status: 404, body: 'nothing here' }),
  '/moved': () => ({
    status: 302,
    headers: { location: '/json', 'set-cookie': ['a=b; Path=/', 'c=d'] },
    body: '',
  }),
  '/attachment': () => ({
    headers: { 'content-disposition': 'attachment; filename="../named.txt"' },
    body: 'named\n',
  }),
  '/auth': ({ headers }) =>
    headers.authorization === basic
      ? { body: 'welcome' }
      : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: 'who?' },
  '/echo': ({ method, headers }, body) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method, headers, body: body.toString('base64') }),
  }),
};

/** Files of this machine, for those who log in: a repository by git's plain protocol. */
const fileOf = ({ headers }, pathname) => {
  if (headers.authorization !== basic) return answers['/auth']({ headers });
  try {
    return { body: readFileSync(pathname.slice('/private'.length)) };
  } catch {
    return { status: 404, body: 'no such file' };
  }
};

const answer = (request, body) => {
  const { pathname } = new URL(request.url, 'http://x');
  if (pathname.startsWith('/private/')) return fileOf(request, decodeURIComponent(pathname));
  if (pathname.startsWith('/store/')) {
    if (request.method === 'PUT') stored.set(pathname, body);
    const kept = stored.get(pathname);
    return kept === undefined ? { status: 404, body: 'not stored' } : { body: kept };
  }
  return (answers[pathname] ?? (() => ({ status: 404, body: 'no such page' })))(request, body);
};

const server = createServer(async (request, response) => {
  const { status = 200, headers = {}, body } = answer(request, await readAll(request));
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(request.method === 'HEAD' ? '' : body);
});

// A test that waits for a shell does not see its connection being closed.
server.keepAliveTimeout = 0;

server.listen(workerData.listen, () => parentPort.postMessage(server.address()));
