import type { AlertStore, Messenger } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Compute } from '../ports/compute.ts';
import type { Lake } from '../ports/lake.ts';
import type { NowcastStore } from '../ports/nowcast.ts';
import type { OlapPublisher } from '../ports/olap-publisher.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { PriceSource } from '../ports/price-source.ts';
import type { Tracking } from '../ports/tracking.ts';
import type {
  ExportReader,
  ForecastStore,
  MarketReader,
  RawStore,
  SeriesReader,
  Transformer,
} from '../ports/warehouse.ts';

/** Everything the flows reach; each of them takes only what it uses. */
export interface PipelinePorts {
  readonly source: PriceSource;
  /** Optional sources of what drives the price; none until configured. */
  readonly drivers: readonly PriceSource[];
  readonly lake: Lake;
  readonly raw: RawStore;
  readonly transformer: Transformer;
  readonly series: SeriesReader;
  readonly market: MarketReader;
  readonly nowcasts: NowcastStore;
  readonly forecasts: ForecastStore;
  readonly exporter: ExportReader;
  readonly tracking: Tracking;
  readonly compute: Compute;
  readonly pictures: Pictures;
  readonly publisher: OlapPublisher;
  readonly clock: Clock;
  readonly alerts: AlertStore;
  readonly messenger: Messenger;
  /** The real clock of deliveries, where the data's own may stand still. */
  readonly postClock: Clock;
  readonly simulated: boolean;
}
