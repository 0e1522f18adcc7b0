{
  _config+:: {
    // The job of the exporters in Prometheus' configuration.
    job: 'asic-exporter',
    // Where the alerts' runbooks are; the name of the alert follows as an anchor.
    runbooks: 'docs/runbooks.md',
    // What comes before /d/… in the alerts' links to dashboards, such as https://grafana.example.net
    grafana: '',
    dashboardTags: ['asic', 'mining', 'asic-exporter'],
  },
}
