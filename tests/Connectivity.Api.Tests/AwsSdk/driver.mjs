// Reads one command on each line of its input and answers each with one line:
//   {"endpoint": "http://…", "credentials": {…}, "operation": "DescribeThing", "input": {…}, "region": "…",
//     "clockOffset": 0, "attempts": 1}
//     →  {"result": {…}, "requestId": "…"}
//   {"endpoint": "http://…", "credentials": {…}, "paginate": "ListThings", "input": {…}}
//     →  {"result": [page, …]}
//   {"endpoint": "http://…", "credentials": {…}, "presign": "/things"}
//     →  {"result": "/things?X-Amz-Algorithm=…"}
// An error of the SDK is answered as {"error": {"name", "message", "status", "requestId"}}. Dates are in ISO 8601.
import * as iot from '@aws-sdk/client-iot';
import { createInterface } from 'node:readline';

// Shifts the clock by which the SDK signs, and which it corrects by the Date of an answer, by the command's offset.
const { now } = Date;
let offset = 0;
Date.now = () => now() + offset;

async function presign(client, endpoint, path) {
  const { protocol, hostname, port, host } = new URL(endpoint);
  const signer = await client.config.signer();
  const { query } = await signer.presign(
    { method: 'GET', protocol, hostname, port, path, query: {}, headers: { host } },
    { expiresIn: 60, signingDate: new Date(Date.now()) });
  return `${path}?${Object.entries(query).map(pair => pair.map(encodeURIComponent).join('=')).join('&')}`;
}

async function answer({
  endpoint, credentials, operation, paginate, presign: path, input, region = 'us-east-1', clockOffset = 0, attempts = 1,
}) {
  const client = new iot.IoTClient({ region, endpoint, maxAttempts: attempts, credentials });
  offset = clockOffset;
  try {
    if (path) return { result: await presign(client, endpoint, path) };
    if (paginate) {
      const pages = [];
      for await (const { $metadata, ...page } of iot[`paginate${paginate}`]({ client }, input)) pages.push(page);
      return { result: pages };
    }
    const { $metadata, ...result } = await client.send(new iot[`${operation}Command`](input));
    return { result, requestId: $metadata.requestId };
  } catch ({ name, message, $metadata, ...members }) {
    const { $fault, $service, $response, $retryable, ...further } = members;
    const { httpStatusCode: status, requestId } = $metadata ?? {};
    return { error: { name, message, status, requestId, ...further } };
  } finally {
    client.destroy();
  }
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await answer(JSON.parse(line))));
