/** What `npm start` runs without a configuration file, with times that a test does not wait long for. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Times {
  /** After how long without a sign of life of its process an upload counts as abandoned. */
  leaseSeconds?: number
  /** How often the store is looked through for what the queue has lost. */
  sweepSeconds?: number
}

const configuration = ({ leaseSeconds, sweepSeconds }: Times) => ({
  organisations: [
    {
      ...{ id: 'example', organizationName: 'Example University', locality: 'Chiyoda-ku' },
      ...{ stateOrProvince: 'Tokyo', domains: ['example.ac.jp'], issuanceSystem: 'simulator' },
    },
  ],
  issuanceSystems: [
    {
      ...{ id: 'simulator', adapter: 'screens', credentialsFile: 'simulator.json' },
      chainFiles: ['simulator/chain-rsa.pem', 'simulator/chain-ecc.pem'],
      ...{ reportIntervalSeconds: 0.5, uploadTimeoutSeconds: 120, leaseSeconds },
      ...{ settleSeconds: 3, resubmitAfterProof: true },
    },
  ],
  batching: { maxAgeSeconds: 0 },
  queue: { sweepSeconds },
})

/** @returns the file, in the data directory */
export function writeConfiguration(directory: string, times: Times): string {
  const file = join(directory, 'config.yaml')
  // JSON is YAML, and leaves out what is not set.
  writeFileSync(file, JSON.stringify(configuration(times)))
  return file
}
