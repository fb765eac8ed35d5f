/** What `--config` and `--config-id` say. What reads the file is loaded when there is one: it takes as long as a start. */
import type { CheckContext } from '@upki-gateway/shared/check'

export interface SettingsOptions {
  config?: string
  configId?: string
}

/** @throws Failure (usage) with every mistake of the file */
export async function readSettings({ config, configId }: SettingsOptions): Promise<CheckContext> {
  return config === undefined ? {} : (await import('./settings-file.js')).readSettingsFile(config, configId)
}
