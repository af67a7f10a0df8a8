from tests.pictures.sheet import write_all

write_all()
