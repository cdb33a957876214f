import { BrokerFault } from '../brokers/failure.ts';

/** What speaks something else. */
export function foreign(): BrokerFault {
  return new BrokerFault('it does not speak the protocol of AMQP 0-9-1');
}
