import type { Bilingual } from '@upki-gateway/shared/problem'
import { Failure } from '../terminal/failure.js'
import type { Context } from './command-spec.js'

/**
 * Asks as certbot does before what cannot be undone; whoever is not at a terminal has said it by the command.
 * @param kept what is said when the answer is no
 * @throws Failure interrupted
 */
export async function makeSure(
  { prompter }: Pick<Context, 'prompter'>,
  question: Bilingual,
  kept: Bilingual,
): Promise<void> {
  if (prompter && !(await prompter.confirm(question))) throw new Failure('interrupted', kept)
}
