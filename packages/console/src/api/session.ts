import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api, type Schemas, unwrap } from './client.js'

export type Operator = NonNullable<Schemas['Session']['operator']>

const KEY = ['session']

/** Asked for now and then, so that a page left open notices the end of its session. */
export const useSession = () =>
  useQuery({ queryKey: KEY, queryFn: () => unwrap(api.GET('/v1/session')), refetchInterval: 60_000 })

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
