// Reads one command on each line of its input and answers each with one line:
//   {"endpoint": "http://…", "credentials": {…}, "operation": "DescribeThing", "input": {…}, "region": "…", "clockOffset": 0, "attempts": 1}
//     →  {"result": {…}, "requestId": "…"}
//   {"endpoint": "http://…", "credentials": {…}, "paginate": "ListThings", "input": {…}}  →  {"result": [page, …]}
// An error of the SDK is answered as {"error": {"name", "message", "status", "requestId"}}. Dates come out as ISO 8601.
import * as iot from '@aws-sdk/client-iot';
import { createInterface } from 'node:readline';

async function answer({ endpoint, credentials, operation, paginate, input, region = 'us-east-1', clockOffset = 0, attempts = 1 }) {
  const client = new iot.IoTClient({ region, endpoint, maxAttempts: attempts, credentials, systemClockOffset: clockOffset });
  try {
    if (paginate) {
      const pages = [];
      for await (const { $metadata, ...page } of iot[`paginate${paginate}`]({ client }, input)) pages.push(page);
      return { result: pages };
    }
    const { $metadata, ...result } = await client.send(new iot[`${operation}Command`](input));
    return { result, requestId: $metadata.requestId };
  } catch ({ name, message, $metadata, ...members }) {
    const { $fault, $service, $response, $retryable, ...further } = members;
    return { error: { name, message, status: $metadata?.httpStatusCode, requestId: $metadata?.requestId, ...further } };
  } finally {
    client.destroy();
  }
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await answer(JSON.parse(line))));
