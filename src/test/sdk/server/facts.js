// Facts as the hotline posts them.
import { url } from '../harness.js';

let posted = 0;

/** Posts the receipt of a new case; its code. */
export async function post(code = `SDK-${process.pid}-${++posted}`) {
  const response = await fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${process.env.TRUC_KEY}`,
      'content-type': 'application/cloudevents+json',
    },
    body: JSON.stringify({
      specversion: '1.0',
      id: code,
      source: '/hotline/1022',
      type: 'vn.ioc.feedback.status',
      subject: code,
      time: new Date().toISOString(),
      data: { status: 'received', area: '02215' },
    }),
  });
  if (response.status !== 202) {
    throw new Error(`${response.status} ${await response.text()}`);
  }
  return code;
}
