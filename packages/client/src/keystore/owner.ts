/** Owners by name: `user`, `user:group`, `:group`. By getent, which knows LDAP users too. */
import { execFileSync } from 'node:child_process'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

export interface Owner {
  uid: number
  gid: number
}

export const ownUser = (): Owner => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })

/** @param option which one it was given by @throws Failure (usage) */
export function readOwner(owner: string, option: string): Owner {
  const [user = '', group] = owner.split(':')
  const own = ownUser()
  const found = user === '' && group ? undefined : lookUp('passwd', user, owner, option)
  return {
    uid: found?.id ?? own.uid,
    gid: group ? lookUp('group', group, owner, option).id : (found?.primaryGroup ?? own.gid),
  }
}

function lookUp(database: 'passwd' | 'group', name: string, owner: string, option: string) {
  if (!/^[A-Za-z0-9_][\w.-]*\$?$/.test(name)) throw unknownOwner(owner, option)
  try {
    const fields = execFileSync('getent', [database, name], { encoding: 'utf8' }).split(':')
    return { id: Number(fields[2]), primaryGroup: Number(fields[3]) }
  } catch {
    throw unknownOwner(owner, option)
  }
}

const unknownOwner = (owner: string, option: string) =>
  new Failure('usage', {
    en: `${option} ${printable(owner, 80)}: this machine has no such user or group.`,
    ja: `${option} ${printable(owner, 80)}: この利用者またはグループはありません。`,
  })
