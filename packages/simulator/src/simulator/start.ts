/** Puts the simulator together and starts it. */
import { rmSync } from 'node:fs'
import type { Server } from 'node:https'
import { join } from 'node:path'
import { loadAccessCredentials } from '../access/credentials.js'
import { EndEntityIssuer } from '../ca/end-entity.js'
import { loadHierarchy } from '../ca/hierarchy.js'
import { AuthorityFiles } from '../http/authority-files.js'
import { Controls } from '../http/controls.js'
import { OperatorScreens } from '../http/lra.js'
import { answerWith, makeServer } from '../http/server.js'
import { Sessions } from '../http/sessions.js'
import { Uploads } from '../http/uploads.js'
import { IssuingLoop } from '../issuing/issuing-loop.js'
import { PersonalKeys } from '../issuing/personal-key.js'
import { KnobBoard } from '../knobs/knobs.js'
import { sampleOrganisation } from '../organisations/organisation.js'
import { RegistryService } from '../registry/service.js'
import { writeFileAtomic } from '../storage/files.js'
import { takeDataDirectory, type DataDirectory } from './data-directory.js'
import { listen } from './listen.js'
import type { Simulator, SimulatorOptions } from './options.js'

/** Ends idle connections at once and busy ones when they are answered. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

/**
 * Starts the simulator and resolves when it answers; simulator.json in the data
 * directory then tells an operator's program how to log in.
 *
 * @throws StartError when the port or the directory cannot be had.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const directory = takeDataDirectory(options.dataDir)
  try {
    return await startIn(directory, options)
  } catch (error) {
    directory.unlock()
    throw error
  }
}

async function startIn({ path, unlock }: DataDirectory, options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', onFailure = console.error, organisations = [sampleOrganisation] } = options
  const connectionFile = options.connectionFile ?? join(path, 'simulator.json')
  rmSync(connectionFile, { force: true })
  const knobs = new KnobBoard()
  knobs.turn(options.knobs ?? {})
  const hierarchy = await loadHierarchy(path, new Date())
  const access = await loadAccessCredentials(path, organisations)
  const service = await RegistryService.open(path, onFailure)
  const server = makeServer({ ...(await access.serverFor(host)), ca: access.caPem })
  const port = await listen(server, host, options.port ?? 0).catch(async (error: unknown) => {
    await service.close()
    throw error
  })
  const url = `https://${host}:${port}`

  const workshop = { issuer: new EndEntityIssuer(hierarchy, url), hierarchy, keys: new PersonalKeys(path) }
  const loop = new IssuingLoop(service, knobs, workshop, onFailure)
  const wake = () => loop.wake()
  const sessions = new Sessions(knobs)
  const uploads = new Uploads(service, sessions, knobs, wake)
  answerWith(server, access.operators, {
    authorityFiles: new AuthorityFiles(hierarchy),
    controls: new Controls(service, knobs, uploads.counts, wake),
    screens: new OperatorScreens(service, sessions, knobs, uploads),
  })
  wake()

  const { certFile, keyFile } = access.operators[0]
  const connection = { url, certFile, keyFile, caFile: access.caFile }
  writeFileAtomic(connectionFile, `${JSON.stringify(connection)}\n`)
  const stop = async () => {
    await closeServer(server)
    await loop.stop()
    await service.close()
    rmSync(connectionFile, { force: true })
    unlock()
  }
  return { ...connection, port, turnKnobs: (changes) => knobs.turn(changes), stop }
}
