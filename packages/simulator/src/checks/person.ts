/** Checks of rows for persons: how the P12 file is fetched, and whose mail address it is. */
import { commonNameOf } from '../applications/subject-dn.js'
import type { Check } from './context.js'

/** P12 one by one, P12 in a batch, made in the browser. */
const downloadTypes = ['1', '2', '3']
const batch = '2'
const browser = '3'

/** What no file system takes, and names of dots alone, which are folders. */
const notInFileNames = /[\\/:*?"<>|]|^\.+$/

export const downloadFits: Check = (row) => {
  const { third: type, p12FileName, accessPin } = row.cells
  return [
    ...row.when(!downloadTypes.includes(type), 'third', 'downloadType'),
    ...row.when(type !== browser && p12FileName === '', 'p12FileName', 'required'),
    ...row.when(notInFileNames.test(p12FileName), 'p12FileName', 'p12FileForm'),
    ...row.when(type !== batch && accessPin !== '', 'accessPin', 'pinNotAllowed'),
  ]
}

/** Since August 2023 the CN of an S/MIME certificate is the user's address. */
export const mailIsSubject: Check = (row) =>
  row.when(
    row.cells.userMail.toLowerCase() !== commonNameOf(row.cells.subjectDn),
    'userMail',
    'userMailDiffers',
  )
