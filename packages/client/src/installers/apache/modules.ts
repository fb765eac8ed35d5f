/**
 * Enabling a module where Debian's layout is: the links in mods-enabled that
 * a2enmod makes, those of the modules it depends on included. Made as journalled
 * changes, so that a rollback takes them away again.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Change } from '../../journal/journal.js'
import { Failure } from '../../terminal/failure.js'

/** @param root folder that holds mods-available. @throws Failure where there is none, or not this module */
export function enableModule(name: string, root: string): Change[] {
  const load = join(root, 'mods-available', `${name}.load`)
  if (!existsSync(load)) throw missingModule(name)
  const depends = /^# Depends: *(.*)$/m.exec(readFileSync(load, 'latin1'))?.[1]?.split(/\s+/) ?? []
  const links = ['load', 'conf'].flatMap((ending) => enableFile(root, `${name}.${ending}`))
  return [...depends.filter(Boolean).flatMap((one) => enableModule(one, root)), ...links]
}

function enableFile(root: string, file: string): Change[] {
  const path = join(root, 'mods-enabled', file)
  if (!existsSync(join(root, 'mods-available', file)) || existsSync(path)) return []
  return [{ path, after: { kind: 'link', target: `../mods-available/${file}` } }]
}

const missingModule = (name: string) =>
  new Failure('failed', {
    en: `Apache has not loaded mod_${name}, and it cannot be enabled here. Install and load it (Red Hat: dnf install mod_${name}), then run the command again. Nothing was changed.`,
    ja: `Apache に mod_${name} が読み込まれておらず、有効にもできません。インストールして読み込み (Red Hat: dnf install mod_${name})、もう一度実行してください。何も変更していません。`,
  })
