/** The installer that options name. */
import type { Installer, InstallerOptions } from './contract.js'
import { Failure } from '../terminal/failure.js'
import { ApacheInstaller } from './apache/installer.js'
import { FilesInstaller } from './files/installer.js'
import { IisInstaller } from './iis/installer.js'
import { NginxInstaller } from './nginx/installer.js'

/** Undefined for none. @throws Failure (usage) for options that do not go together */
export function openInstaller(options: InstallerOptions): Installer | undefined {
  const { installer, nginxCtl, nginxServerRoot, apacheCtl } = options
  if (installer === 'nginx') return new NginxInstaller({ ctl: nginxCtl, serverRoot: nginxServerRoot })
  if (installer === 'apache') return new ApacheInstaller({ ctl: apacheCtl })
  if (installer === 'files') return new FilesInstaller(options)
  if (installer === 'iis') return openIis()
  return undefined
}

export function mustOpenInstaller(options: InstallerOptions): Installer {
  const installer = openInstaller(options)
  if (installer) return installer
  throw new Failure('usage', {
    en: 'Which server is it for? Give --nginx, --apache, --iis, or --installer files.',
    ja: '設置先の指定がありません。--nginx、--apache、--iis、または --installer files を指定してください。',
  })
}

function openIis(): Installer {
  if (process.platform === 'win32') return new IisInstaller()
  throw new Failure('usage', {
    en: 'IIS is installed to on Windows, by this program running there; see docs/windows.md.',
    ja: 'IIS への設置は、Windows 上でこのプログラムを実行して行います。docs/windows.md を参照してください。',
  })
}
