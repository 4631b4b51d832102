// A web server of Node's own: nothing here knows of openfc.
'use strict';

const http = require('http');

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    if (request.url === '/invoke') return response.end(body.reverse());
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({method: request.method, url: request.url, body: body.toString()}));
  });
});
server.keepAliveTimeout = 0;
server.listen(process.env.FC_SERVER_PORT, '0.0.0.0');
