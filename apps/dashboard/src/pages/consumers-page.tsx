import { useSearchParams } from 'wouter'
import { ConsumerList } from '../parts/consumer-list.js'
import { FilterText } from '../parts/filter-fields.js'
import { BarLegend } from '../parts/limit-bar.js'
import { EmptyNotice } from '../parts/notices.js'

/** All consumers that may be seen, by name; the filters are in the address. */
export function ConsumersPage() {
  const [address, setAddress] = useSearchParams()
  const [search, plan] = [address.get('search') ?? '', address.get('plan') ?? '']
  const change = (key: 'search' | 'plan', text: string): void =>
    setAddress(
      before => {
        const after = new URLSearchParams(before)
        if (text === '') after.delete(key)
        else after.set(key, text)
        return after
      },
      { replace: true },
    )
  const isFiltered = search.trim() !== '' || plan.trim() !== ''
  return (
    <>
      <div className="title-row">
        <h1>Consumers</h1>
        <p className="title-note">Teams, applications and tenants that make calls.</p>
      </div>
      <div className="section-row">
        <div className="filter">
          <FilterText name="Name" value={search} onChange={text => change('search', text)} />
          <FilterText name="Plan" value={plan} onChange={text => change('plan', text)} />
        </div>
        <BarLegend />
      </div>
      <ConsumerList
        filter={{
          ...(search.trim() !== '' && { search: search.trim() }),
          ...(plan.trim() !== '' && { plan: plan.trim() }),
        }}
        empty={
          isFiltered ? (
            <EmptyNotice title="No consumer matches.">Change the filter above.</EmptyNotice>
          ) : (
            <EmptyNotice title="There are no consumers yet.">
              Add them to <code>quotakeeper.config.yaml</code>, or by{' '}
              <code>qk consumers set acme requests/month=1000</code>. Calls name them in the header{' '}
              <code>x-quotakeeper-consumer</code>.
            </EmptyNotice>
          )
        }
      />
    </>
  )
}
