/** A search that stands in the address, so that it can be linked to and come back to. */
import { useSearchParams } from 'wouter'

export function SearchBox({ label }: { label: string }) {
  const [search, setSearch] = useSearchParams()
  return (
    <search className="filters">
      <label>
        {label}
        <input
          type="search"
          value={search.get('q') ?? ''}
          maxLength={100}
          onChange={(event) =>
            setSearch(event.target.value ? { q: event.target.value } : {}, { replace: true })
          }
        />
      </label>
    </search>
  )
}
