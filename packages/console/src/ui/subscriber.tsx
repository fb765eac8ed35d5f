import type { Schemas } from '../api/client.js'

/** Who answers for a server, as far as he is named. */
export const SubscriberFacts = ({ name, department, email }: Schemas['Subscriber']) => (
  <div>
    {name && <div>{name}</div>}
    {department && <div className="minor">{department}</div>}
    <div className="minor hash">{email}</div>
  </div>
)
