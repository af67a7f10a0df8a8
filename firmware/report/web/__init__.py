"""The report as one web page that needs nothing from outside: drawings as SVG, numbers as real tables."""
