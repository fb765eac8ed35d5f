/** `npm start`: the embedded gateway with its simulator, until stopped. */
import { join, resolve } from 'node:path'
import { startSystem } from './processes.mjs'
import { fail } from './setup.mjs'

const dataDirectory = resolve(process.env.UPKI_DATA_DIR || './var')
const env = { ...process.env, UPKI_DATA_DIR: dataDirectory }

const system = await startSystem({ env, stdout: 'inherit' }).catch((error) => fail(error.message))

console.log(`
Data directory   ${dataDirectory}
ACME directory   ${system.url}/acme/directory
Trust            --ca-file ${join(dataDirectory, 'ca.pem')}
EAB credential   ${join(dataDirectory, 'eab.json')}
Operator token   ${join(dataDirectory, 'operator.token')}
Stop with Ctrl-C.`)

let stopping = false
async function stop(code) {
  if (stopping) return
  stopping = true
  await system.stop()
  process.exit(code)
}
process.on('SIGINT', () => stop(0))
process.on('SIGTERM', () => stop(0))
const { name, code } = await system.ended
if (!stopping) {
  console.error(`${name} ended by itself (exit code ${code}); stopping the rest.`)
  await stop(1)
}
