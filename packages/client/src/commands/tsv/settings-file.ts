/**
 * The file of `--config`: an organisation's registered values, and what it lays over the tables.
 *
 * It is the gateway's own configuration (docs/operations.md, "Settings"), of which only `organisations` is looked
 * at; or, for one organisation, the same settings under `organisation`.
 */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { readBlockedKeys } from '@upki-gateway/shared/check'
import type { CheckContext } from '@upki-gateway/shared/check'
import { OverlayError, overlayTables, readOverlay } from '@upki-gateway/shared/tsv'
import { parse } from 'yaml'
import { z } from 'zod'
import { Failure } from '../../terminal/failure.js'

/** What may stand in an organisation, and, where there is but one, beside it. */
const rules = {
  tables: z.unknown().optional(),
  phishingWords: z.array(z.string().min(1)).optional(),
  unpublishedKinds: z.boolean().optional(),
}

const organisation = z.object({
  id: z.string().default('organisation'),
  organizationName: z.string(),
  locality: z.string(),
  stateOrProvince: z.string(),
  country: z.literal('JP').default('JP'),
  domains: z.array(z.string()).min(1),
  profiles: z.array(z.string()).optional(),
  ...rules,
})

const file = z.object({
  organisation: organisation.optional(),
  organisations: z.array(organisation).optional(),
  blockedKeyFiles: z.array(z.string()).optional(),
  ...rules,
})

type Settings = z.infer<typeof file>

/** @throws Failure (usage) with every mistake of the file */
export async function readSettingsFile(path: string, configId: string | undefined): Promise<CheckContext> {
  const content = await readFile(path, 'utf8').catch((error: unknown) =>
    refuse(path, error instanceof Error ? error.message : ''),
  )
  const settings = parsed(path, content)
  const blockedKeys = await readBlockedKeyFiles(path, settings.blockedKeyFiles ?? [])
  return {
    ...toContext(path, settings, chosen(path, settings, configId)),
    ...(blockedKeys.size > 0 && { blockedKeys }),
  }
}

/** Relative paths begin beside the configuration. */
async function readBlockedKeyFiles(config: string, paths: readonly string[]): Promise<Set<string>> {
  const keys = new Set<string>()
  for (const path of paths)
    try {
      readBlockedKeys(await readFile(resolve(dirname(config), path), 'latin1'), keys)
    } catch (error) {
      refuse(path, (error as Error).message)
    }
  return keys
}

/** The one organisation of the file, or the one that is named: never the first of several by chance. */
function chosen(path: string, settings: Settings, id: string | undefined): Settings['organisation'] {
  const all = settings.organisation ? [settings.organisation] : (settings.organisations ?? [])
  if (id === undefined && all.length <= 1) return all[0]
  const found = all.find((each) => each.id === id)
  if (found) return found
  const known = all.map((each) => each.id).join(', ')
  throw new Failure('usage', {
    en: `${path} holds the organisations ${known}; name one with --config-id.`,
    ja: `${path} には機関 ${known} があります。--config-id で一つ指定してください。`,
  })
}

function parsed(path: string, content: string): Settings {
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

function toContext(path: string, settings: Settings, found: Settings['organisation']): CheckContext {
  const { tables, phishingWords, unpublishedKinds } = { ...settings, ...withoutUndefined(found) }
  try {
    return {
      ...(found && { organisation: found }),
      ...(found?.profiles && { profiles: found.profiles }),
      ...(tables !== undefined && { tables: overlayTables(readOverlay(tables)) }),
      ...(phishingWords && { phishingWords }),
      ...(unpublishedKinds && { unpublishedKinds }),
    }
  } catch (error) {
    if (error instanceof OverlayError) return refuse(path, error.mistakes.join('\n'))
    throw error
  }
}

const withoutUndefined = (found: Settings['organisation']): Partial<Settings> =>
  Object.fromEntries(Object.entries(found ?? {}).filter(([, value]) => value !== undefined))

function refuse(path: string, mistakes: string): never {
  throw new Failure('usage', {
    en: `${path} cannot be used:\n${mistakes}`,
    ja: `${path} は使えません:\n${mistakes}`,
  })
}
