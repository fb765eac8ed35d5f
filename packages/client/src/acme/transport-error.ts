/** No answer, or one that cannot be taken. */
export class TransportError extends Error {
  override name = 'TransportError'
  constructor(
    readonly url: string,
    readonly code: string,
    cause: unknown,
  ) {
    super(`${code} for ${url}`, { cause })
  }

  /** Whether waiting may help: not when the server's certificate is not trusted, or the proxy refuses. */
  get isTransient(): boolean {
    return !this.isTrustProblem && !/^ERR_ANSWER_TOO_LARGE$|^HTTP 4.. of the proxy$/.test(this.code)
  }

  get isTrustProblem(): boolean {
    return /CERT|SIGNED|SIGNATURE|ISSUER|_CRL|ERR_SSL|EPROTO/.test(this.code)
  }
}
