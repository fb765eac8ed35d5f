/** What the pages ask for. What people wait on is kept fresh: live.ts. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, type Schemas, unwrap } from './client.js'
import { refetchInterval } from './live.js'

export interface ApplicationFilter {
  state?: Schemas['ApplicationState'][]
  /** Part of CN, DN, host names or address. */
  q?: string
  commonName?: string
}

export const useApplications = (filter: ApplicationFilter) =>
  useInfiniteQuery({
    queryKey: ['applications', filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET('/v1/applications', { params: { query: { ...filter, limit: 50, after: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval,
  })

export const useApplication = (id: string) =>
  useQuery({
    queryKey: ['applications', id],
    queryFn: () => unwrap(api.GET('/v1/applications/{id}', { params: { path: { id } } })),
    refetchInterval,
  })

export const useOrganisations = () =>
  useQuery({
    queryKey: ['organisations'],
    queryFn: () => unwrap(api.GET('/v1/organisations')),
  })

/** Undefined until it is known. Whoever is signed in sees no other. */
export const useOwnOrganisation = () => useOrganisations().data?.organisations[0]

export const useCertificate = (serial: string) =>
  useQuery({
    queryKey: ['certificates', serial],
    queryFn: async () => {
      const answer = await unwrap(api.GET('/v1/certificates/{serial}', { params: { path: { serial } } }))
      // The contract offers PEM as well, to those who ask for it.
      return answer as Schemas['Certificate']
    },
  })

/** A change, after which everything shown is asked for again. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: change, onSettled: () => client.invalidateQueries() })
}
