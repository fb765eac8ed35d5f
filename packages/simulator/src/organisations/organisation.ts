/** Organisations (機関) known to the simulated service, from a JSON file or the sample one. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { StartError } from '../storage/start-error.js'

const organisationSchema = z.strictObject({
  /** Names the operator's files: letters, digits and `-`. */
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** O, L and ST as registered; compared exactly. */
  organizationName: z.string().min(1).max(64),
  locality: z.string().min(1).max(64),
  stateOrProvince: z.string().min(1).max(64),
  /** Registered domains; a name is inside when equal to one or below it. */
  domains: z.array(z.string().regex(/^[a-z0-9.-]+$/)).min(1),
  /** false: every upload ends with error 215. */
  isActive: z.boolean().default(true),
})

const listSchema = z.array(organisationSchema).min(1).max(100)

export type Organisation = z.infer<typeof organisationSchema>

export const sampleOrganisation: Organisation = {
  id: 'example',
  organizationName: 'Example University',
  locality: 'Chiyoda-ku',
  stateOrProvince: 'Tokyo',
  domains: ['example.ac.jp'],
  isActive: true,
}

/** @throws StartError naming the file and what is wrong in it. */
export function readOrganisations(path: string): readonly Organisation[] {
  try {
    const organisations = listSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    const ids = new Set(organisations.map(({ id }) => id))
    if (ids.size < organisations.length) throw new Error('two organisations have the same id')
    return organisations
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new StartError(`The organisations file ${path} cannot be used: ${reason}`, { cause })
  }
}
