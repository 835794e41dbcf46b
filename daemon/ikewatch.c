/* ikewatch: the reading side. */
int
main(void)
{
	return 0;
}
