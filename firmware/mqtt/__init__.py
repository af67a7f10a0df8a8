"""MQTT: the link to a broker, the topics, what is retained, and the publisher of results."""
