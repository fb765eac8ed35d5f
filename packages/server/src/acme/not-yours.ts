import { ProblemError } from '../problem/problem-error.js'

/** What belongs to another account is as unknown as what does not exist. */
export const notYours = (what: 'order' | 'authorization' | 'certificate' | 'challenge'): ProblemError =>
  new ProblemError('malformed', `This account has no such ${what}`, {
    status: 404,
    ja: 'このアカウントにはありません。',
  })
