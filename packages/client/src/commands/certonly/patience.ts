/** Waiting for a certificate: what is shown, and when it is enough. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { Waiting } from '../../acme/order.js'
import type { Order } from '../../acme/schemas.js'
import { renderDuration } from '../../terminal/duration.js'
import { Failure } from '../../terminal/failure.js'
import type { Reporter } from '../../terminal/reporter.js'
import { describeState } from './order-state.js'

export interface PatienceOptions {
  reporter: Reporter
  signal: AbortSignal
  /** `--no-wait` makes it false. */
  wait: boolean
  /** 0: for ever. */
  timeoutSeconds: number
  orderUrl: string
  /** Command line that picks the order up again. */
  goOn: string
}

export class Patience implements Waiting {
  private readonly began = performance.now()

  constructor(private readonly options: PatienceOptions) {}

  /** Sleeps `seconds`, or until the time is up. @throws Failure (pending) when it was up before */
  async pause(seconds: number, order: Order | undefined, fault?: Error): Promise<void> {
    const { wait, timeoutSeconds, signal } = this.options
    const state = describeState(order, fault)
    const left = timeoutSeconds === 0 ? Infinity : timeoutSeconds - this.waited()
    if (!wait || left <= 0) throw this.stillPending(state, order)
    const until = this.waited() + Math.min(seconds, left)
    while (this.waited() < until) {
      this.show(state, until)
      await sleep(Math.min(1, until - this.waited()) * 1000, undefined, { signal })
    }
  }

  private waited(): number {
    return (performance.now() - this.began) / 1000
  }

  private show(state: Bilingual, until: number): void {
    const elapsed = renderDuration(this.waited())
    const next = renderDuration(until - this.waited())
    this.options.reporter.progress(state, {
      en: `waiting for ${elapsed.en}, next look in ${next.en}, Ctrl-C is safe`,
      ja: `待機 ${elapsed.ja}、次の確認まで ${next.ja} (Ctrl-C で中断可)`,
    })
  }

  private stillPending(state: Bilingual, order: Order | undefined): Failure {
    const { goOn, orderUrl } = this.options
    const text: Bilingual = {
      en: `The certificate is not there yet: ${state.en}\nKey and order are kept. Go on with: ${goOn}`,
      ja: `証明書はまだできていません: ${state.ja}\n鍵と注文は保存されています。続けるには: ${goOn}`,
    }
    const { state: upkiState, detail } = order?.upki ?? {}
    const details = { order: { url: orderUrl, status: order?.status, state: upkiState, detail }, goOn }
    return new Failure('pending', text, { details })
  }
}
