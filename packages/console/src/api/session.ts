import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { api, type Schemas, unwrap } from './client.js'

export type Operator = NonNullable<Schemas['Session']['operator']>

/** Whether he has one of these scopes: what he may not do is not offered. */
export const may = ({ scopes }: Operator, ...wanted: readonly string[]): boolean =>
  wanted.some((scope) => scopes.includes(scope))

const KEY = ['session']

/** Asked for now and then, so that a page left open notices the end of its session. */
export const useSession = () =>
  useQuery({ queryKey: KEY, queryFn: () => unwrap(api.GET('/v1/session')), refetchInterval: 60_000 })

export const askForSession = (client: QueryClient): void => void client.invalidateQueries({ queryKey: KEY })

/** Another window may sign somebody else in: nothing of the former operator stays in the page. */
export function useForget(operator: string | undefined): void {
  const client = useQueryClient()
  const former = useRef(operator)
  useEffect(() => {
    if (former.current !== undefined && former.current !== operator)
      void client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
    former.current = operator
  }, [client, operator])
}

/** Takes the answer of a sign-in; nothing that another operator saw stays in the page. */
export function useTakeSession() {
  const client = useQueryClient()
  return useCallback(
    (session: Schemas['Session']) => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
      client.setQueryData(KEY, session)
    },
    [client],
  )
}

export async function signOut(): Promise<void> {
  await unwrap(api.DELETE('/v1/session'))
  // Everything of the session leaves the page's memory with it.
  location.assign('/')
}
