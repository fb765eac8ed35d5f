/** The command table: parser, help, man pages, completion and the configuration file are made from it. */
import { batches } from './batches/command.js'
import { certificates } from './certificates/command.js'
import { certonly } from './certonly/command.js'
import { install } from './install/command.js'
import { renew } from './renew/command.js'
import { rollback } from './rollback/command.js'
import { runCommand } from './run/command.js'
import { register, showAccount, unregister, updateAccount } from './account/command.js'
import { doctor } from './doctor/command.js'
import { reconfigure } from './reconfigure/command.js'
import { completion } from './completion/command.js'
import { deleteCommand } from './delete/command.js'
import { revoke } from './revoke/command.js'
import { status } from './status/command.js'
import { takeEab } from './take-eab/command.js'
import { convert } from './convert/command.js'
import { csr } from './csr/command.js'
import { inspect } from './inspect/command.js'
import { tsv } from './tsv/command.js'
import type { CommandGroup, CommandSpec } from './command-spec.js'

export const table = [
  ...[runCommand, certonly, install, renew, reconfigure, certificates, status, doctor, rollback],
  ...[revoke, deleteCommand, register, showAccount, updateAccount, unregister, takeEab],
  ...[csr, inspect, convert, tsv, batches, completion],
] as (CommandSpec | CommandGroup)[]
