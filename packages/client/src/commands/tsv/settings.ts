/**
 * The file of `--config`: an organisation's registered values, and what it lays over the tables.
 *
 * The gateway's own configuration is taken too: its first organisation counts, or the one that `id` names.
 */
import { readFile } from 'node:fs/promises'
import type { CheckContext } from '@upki-gateway/shared/check'
import { OverlayError, overlayTables, readOverlay } from '@upki-gateway/shared/tsv'
import { parse } from 'yaml'
import { z } from 'zod'
import { Failure } from '../../terminal/failure.js'

const organisation = z.object({
  id: z.string().default('organisation'),
  organizationName: z.string(),
  locality: z.string(),
  stateOrProvince: z.string(),
  country: z.literal('JP').default('JP'),
  domains: z.array(z.string()).min(1),
  profiles: z.array(z.string()).optional(),
})

const file = z.object({
  organisation: organisation.optional(),
  organisations: z.array(organisation).optional(),
  tables: z.unknown().optional(),
  phishingWords: z.array(z.string()).optional(),
  unpublishedKinds: z.boolean().optional(),
})

/** @throws Failure (usage) with every mistake of the file */
export async function readSettings(path: string | undefined): Promise<CheckContext> {
  if (path === undefined) return {}
  const content = await readFile(path, 'utf8').catch((error: unknown) =>
    refuse(path, error instanceof Error ? error.message : ''),
  )
  return toContext(path, parsed(path, content))
}

function parsed(path: string, content: string): z.infer<typeof file> {
  try {
    return file.parse(parse(content))
  } catch (error) {
    const mistakes =
      error instanceof z.ZodError
        ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
        : [(error as Error).message]
    return refuse(path, mistakes.join('\n'))
  }
}

function toContext(path: string, settings: z.infer<typeof file>): CheckContext {
  const found = settings.organisation ?? settings.organisations?.[0]
  try {
    return {
      ...(found && { organisation: found }),
      ...(found?.profiles && { profiles: found.profiles }),
      ...(settings.tables !== undefined && { tables: overlayTables(readOverlay(settings.tables)) }),
      ...(settings.phishingWords && { phishingWords: settings.phishingWords }),
      ...(settings.unpublishedKinds && { unpublishedKinds: true }),
    }
  } catch (error) {
    if (error instanceof OverlayError) return refuse(path, error.mistakes.join('\n'))
    throw error
  }
}

function refuse(path: string, mistakes: string): never {
  throw new Failure('usage', {
    en: `${path} cannot be used:\n${mistakes}`,
    ja: `${path} は使えません:\n${mistakes}`,
  })
}
