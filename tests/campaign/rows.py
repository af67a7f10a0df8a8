"""All 52 rows, in the order of their numbers."""

from tests.campaign.rows_bus import BUS
from tests.campaign.rows_network import NETWORK
from tests.campaign.rows_process import PROCESS
from tests.campaign.rows_storage import STORAGE
from tests.campaign.rows_time import TIME

ROWS = (*BUS, *TIME, *NETWORK, *STORAGE, *PROCESS)
