// The rules and dashboards of grafana/, which Python writes, for those who deploy with jsonnet.
(import 'config.libsonnet') + {
  local config = $._config,
  local replaced(text, pairs) = std.foldl(function(sum, pair) std.strReplace(sum, pair[0], pair[1]), pairs, text),
  local rules(text) = std.parseYaml(replaced(text, [
    ['job="asic-exporter"', 'job="%s"' % config.job],
    ['"job", "asic-exporter"', '"job", "%s"' % config.job],
    ['the job asic-exporter', 'the job %s' % config.job],
    ['runbook_url: docs/runbooks.md#', 'runbook_url: %s#' % config.runbooks],
    ['dashboard_url: "/d/', 'dashboard_url: "%s/d/' % config.grafana],
  ])),

  prometheusRules+:: rules(importstr '../grafana/rules/recording.yml'),
  prometheusAlerts+:: rules(importstr '../grafana/rules/alerts.yml'),
  grafanaDashboardFolder:: 'ASIC',
  grafanaDashboards+:: {
    [name]: dashboards[name] { tags: config.dashboardTags }
    for name in std.objectFields(dashboards)
  },
  local dashboards = {
    'asic-boards.json': import '../grafana/dashboards/boards.json',
    'asic-exporter.json': import '../grafana/dashboards/exporter.json',
    'asic-fleet.json': import '../grafana/dashboards/fleet.json',
    'asic-inventory.json': import '../grafana/dashboards/inventory.json',
    'asic-miner.json': import '../grafana/dashboards/miner.json',
    'asic-pools.json': import '../grafana/dashboards/pools.json',
    'asic-power.json': import '../grafana/dashboards/power.json',
  },
}
