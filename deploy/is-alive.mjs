/** Ends with 0 when the gateway of this machine is alive: for a container's health check. */
import { get } from 'node:https'

const port = Number(/\d+$/.exec(process.env.UPKI_LISTEN ?? ':8443')[0])
// The connection does not leave the machine, and what is asked is no secret.
get({ host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false, timeout: 8000 }, (answer) =>
  process.exit(answer.statusCode === 200 ? 0 : 1),
).on('error', () => process.exit(1))
