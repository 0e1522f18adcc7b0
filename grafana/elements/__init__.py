"""What all dashboards are made of: expressions, panels, tables, colours and the frame around them."""
